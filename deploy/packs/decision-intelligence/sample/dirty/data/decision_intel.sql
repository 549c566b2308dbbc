CREATE TABLE ab_tests (test_id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT, segment TEXT NOT NULL,
  status TEXT DEFAULT 'draft', sample_size INTEGER NOT NULL, control_ratio REAL DEFAULT 0.5, predicted_uplift REAL,
  observed_uplift REAL, confidence_level REAL, p_value REAL, start_date TEXT, end_date TEXT, config_json TEXT);
CREATE TABLE test_assignments (id INTEGER PRIMARY KEY AUTOINCREMENT, test_id TEXT NOT NULL, user_id TEXT NOT NULL,
  group_name TEXT NOT NULL, UNIQUE(test_id, user_id));
CREATE TABLE test_events (id INTEGER PRIMARY KEY AUTOINCREMENT, test_id TEXT NOT NULL, user_id TEXT NOT NULL,
  event_type TEXT NOT NULL, event_value REAL);
INSERT INTO ab_tests VALUES ('TEST-1', 'Campaign', '', 'High Uplift', 'completed', 3000, 0.5, 45.0, 43.0, 0.95, 0.0004, '2025-07-16T06:00:00', '2025-08-01T06:00:00', '{"hypothesis": "", "min_sample_for_significance": 3000, "expected_runtime_days": 16}');
INSERT INTO test_assignments(test_id, user_id, group_name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) SELECT 'TEST-1', 't' || i, 'treatment' FROM n;
INSERT INTO test_events(test_id, user_id, event_type, event_value) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) SELECT 'TEST-1', 't' || i, 'conversion', 12.5 FROM n WHERE i <= 572;
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-1', 't1', 'conversion');
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-1', 't4000', 'click');
INSERT INTO test_assignments(test_id, user_id, group_name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) SELECT 'TEST-1', 'c' || i, 'control' FROM n;
INSERT INTO test_events(test_id, user_id, event_type, event_value) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) SELECT 'TEST-1', 'c' || i, 'conversion', 12.5 FROM n WHERE i <= 400;
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-1', 'c1', 'conversion');
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-1', 'c4000', 'click');
INSERT INTO ab_tests VALUES ('TEST-2', 'Campaign', '', 'High Uplift', 'completed', 700, 0.5, 47.0, 45.0, 0.95, 0.0004, '2025-07-26T06:00:00', '2025-07-28T06:00:00', '{"hypothesis": "", "min_sample_for_significance": 700, "expected_runtime_days": 2}');
INSERT INTO test_assignments(test_id, user_id, group_name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT 'TEST-2', 't' || i, 'treatment' FROM n;
INSERT INTO test_events(test_id, user_id, event_type, event_value) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT 'TEST-2', 't' || i, 'conversion', 12.5 FROM n WHERE i <= 58;
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-2', 't1', 'conversion');
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-2', 't400', 'click');
INSERT INTO test_assignments(test_id, user_id, group_name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT 'TEST-2', 'c' || i, 'control' FROM n;
INSERT INTO test_events(test_id, user_id, event_type, event_value) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT 'TEST-2', 'c' || i, 'conversion', 12.5 FROM n WHERE i <= 40;
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-2', 'c1', 'conversion');
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-2', 'c400', 'click');
INSERT INTO ab_tests VALUES ('TEST-3', 'Campaign', '', 'High Uplift', 'running', 1200, 0.5, 46.0, NULL, 0.95, NULL, '2025-08-15T06:00:00', NULL, '{"hypothesis": "", "min_sample_for_significance": 1200, "expected_runtime_days": 14}');
INSERT INTO test_assignments(test_id, user_id, group_name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 640) SELECT 'TEST-3', 't' || i, 'treatment' FROM n;
INSERT INTO test_events(test_id, user_id, event_type, event_value) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 640) SELECT 'TEST-3', 't' || i, 'conversion', 12.5 FROM n WHERE i <= 68;
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-3', 't1', 'conversion');
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-3', 't640', 'click');
INSERT INTO test_assignments(test_id, user_id, group_name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 640) SELECT 'TEST-3', 'c' || i, 'control' FROM n;
INSERT INTO test_events(test_id, user_id, event_type, event_value) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 640) SELECT 'TEST-3', 'c' || i, 'conversion', 12.5 FROM n WHERE i <= 64;
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-3', 'c1', 'conversion');
INSERT INTO test_events(test_id, user_id, event_type) VALUES ('TEST-3', 'c640', 'click');
INSERT INTO ab_tests VALUES ('TEST-4', 'Campaign', '', 'High Uplift', 'draft', 900, 0.5, 41.0, NULL, 0.95, NULL, NULL, NULL, '{"hypothesis": "", "min_sample_for_significance": 900, "expected_runtime_days": 2}');

CREATE TABLE model_versions (id INTEGER PRIMARY KEY, model_id TEXT, model_name TEXT, version TEXT,
  status TEXT DEFAULT 'staged', created_at TEXT, promoted_at TEXT, training_date TEXT, ate_estimate REAL, cate_std REAL,
  refutation_pass_rate REAL, notes TEXT);
INSERT INTO model_versions VALUES (1, 'causal_forest_v1', 'causal_forest', '1.0', 'archived', '2025-07-06 06:00:00', NULL, NULL, 44.1, 11.8, 80.0, NULL);
INSERT INTO model_versions VALUES (2, 'causal_forest_v2', 'causal_forest', '2.0', 'production', '2025-08-05 06:00:00', NULL, '2025-08-05 06:00:00', 45.978, 12.023, 100.0, NULL);

"""Lines of batches, the adapter, blending and the database, in the shapes that the pack describes. Used by make_sample.py."""

ADAPTER = "echo_ridge_scoring.adapters.roman_adapter"
BATCH = "echo_ridge_scoring.batch"
POOL = "sqlalchemy.pool.impl.QueuePool"
STRATEGIES = ["weighted_average", "max_confidence", "consensus"]
# Texts of the adapter, with their category.
WARNINGS = [
    ("digital.pagespeed set to neutral default (50) - no pagespeed data available", "missing_quantitative"),
    ("ops.employees set to 1 - no employee count data available", "missing_quantitative"),
    ("Missing created_at field, using current time", "missing_quantitative"),
    ("Invalid or missing confidence_score, defaulting to 0.5", "low_confidence"),
    ("ops.locations set to 1 - single location assumed", "estimation_fallback"),
    ("No valid domain found, using entity_id as proxy: e-17", "estimation_fallback"),
]
CONVERSION_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1]
BLEND_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25]
DIVERGENCE_BOUNDS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1]
CONFIDENCE_BOUNDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
QUERY_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]
RUN_BOUNDS = [1, 10, 30, 60, 300, 600, 1800, 3600]


def convert(log, truth, rng, company, hard):
    """A conversion by the adapter; in hard times a fifth of them fail, and they are slow."""
    operation = "adapter_conversion"
    ms = round(rng.lognormvariate(2.9 if hard else 1.5, 0.3), 3)
    failed = rng.random() < (0.2 if hard else 0.004)
    some = [] if failed or rng.random() > 0.7 else rng.sample(WARNINGS, rng.randrange(1, 4))
    if failed:
        log.record("normalization", "error", f"Operation {operation} failed", error_type="ValueError", operation_name=operation,
                   error_message="Missing required field: entity_id or source_id (or place_id/id)", error_traceback="Traceback")
        truth.count("echo_errors_total", error_type="ValueError", component="normalization")
    for text, category in some:
        log.text(ADAPTER, "warning", text)
        truth.count("echo_adapter_warnings_total", category=category)
    log.record("normalization", "info", f"Operation {operation} completed", "scoring_end", operation_name=operation,
               duration_ms=ms, success=not failed, company_id=company, warnings=[text for text, _ in some])
    truth.observe("echo_adapter_conversion_duration_seconds", ms / 1000, CONVERSION_BOUNDS)
    truth.count("echo_adapter_conversions_total", result="failed" if failed else "success")
    if not failed:
        truth.share("echo_adapter_warning", bool(some))
    return not failed


def blend(log, truth, rng, company, hard):
    """A blend: its largest divergence is small, except in hard times."""
    strategy = rng.choices(STRATEGIES, [70, 20, 10])[0]
    ms = round(rng.lognormvariate(4.4 if hard else 2.5, 0.3), 3)
    largest = round(rng.betavariate(6, 8) if hard else rng.betavariate(2, 12), 3)
    confidence = round(rng.betavariate(8, 3), 3)
    flagged = largest > 0.3
    log.record("scoring_engine", "info", "Operation blend_scores completed", "scoring_end", operation_name="blend_scores",
               duration_ms=ms, success=True, company_id=company, strategy=strategy,
               blended_score={"overall_score": round(rng.random(), 3), "confidence": confidence},
               divergence={"divergences": {"overall": largest}, "has_significant_divergence": flagged, "max_divergence": largest,
                           "flags": [f"Overall score divergence: {largest:.3f} > 0.3"] if flagged else []})
    if flagged:
        log.text("echo_ridge_scoring.blending", "warning", f"Overall score divergence {largest:.3f} exceeds the threshold 0.3")
        truth.count("echo_log_divergence_total")
    truth.count("echo_blends_total", strategy=strategy, flagged=str(flagged).lower())
    truth.share("echo_blend_flagged", flagged, strategy=strategy)
    truth.observe("echo_blend_divergence", largest, DIVERGENCE_BOUNDS, strategy=strategy)
    truth.observe("echo_blend_confidence", confidence, CONFIDENCE_BOUNDS, strategy=strategy)
    truth.observe("echo_blend_duration_seconds", ms / 1000, BLEND_BOUNDS, strategy=strategy)
    truth.count("echo_blend_divergence_bands_total", band="normal" if largest < 0.2 else "monitor" if largest <= 0.4 else "significant")


def store(log, truth, rng, performance, hard):
    """A query of the persistence."""
    ms = round(rng.lognormvariate(4.2 if hard else 2.3, 0.3), 3)
    log.record("persistence", "info", "Operation store_scoring_result completed", "scoring_end",
               **performance("store_scoring_result", ms, True, log.now))
    truth.observe("database_query_duration_seconds", ms / 1000, QUERY_BOUNDS)


def audit(log, truth, action, company):
    log.record("persistence", "info", f"Data access: {action} scoring_results", audit_action=action,
               audit_resource="scoring_results", company_id=company)
    truth.count("audit_events_total", action=action)
    truth.audits.append(log.now.timestamp())


def pool(log, truth, used):
    idle = max(5 - used, 0)
    log.text(POOL, "info", f"Pool size: 5  Connections in pool: {idle} Current Overflow: {used + idle - 5} "
                           f"Current Checked out connections: {used}")
    for name, value in (("size", 5), ("idle_connections", idle), ("used_connections", used)):
        truth.values[f"echo_db_pool_{name}"] = value


def database_error(log, truth, kind):
    reasons = {
        "refused": '(psycopg2.OperationalError) connection to server at "db" (10.0.0.5), port 5432 failed: Connection refused',
        "timeout": '(psycopg2.OperationalError) connection to server at "db" (10.0.0.5), port 5432 failed: timeout expired',
        "pool_exhausted": "QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00",
    }
    log.text(BATCH, "error", f"Failed to process company on line 17: {reasons[kind]}")
    truth.count("echo_db_connection_errors_total", kind=kind)


class Batch:
    """A run of the batch processor: `size` companies at `pace` a minute. It may fail, or be in progress when the log ends."""

    def __init__(self, log, truth, size, pace, age=0, error=None, failing=0):
        self.log, self.truth, self.size, self.pace, self.error, self.failing = log, truth, size, pace, error, failing
        self.begin = log.text(BATCH, "info", "Starting batch processing: in.jsonl -> out.jsonl")
        truth.start_batch(self.begin)
        fitted = log.moment(-age)
        self.version = f"auto_{fitted:%Y%m%d_%H%M%S}_{min(size, 1000)}companies"
        log.text(BATCH, "info", f"Using NormContext version: {self.version}")
        truth.values["echo_norm_context_created_timestamp_seconds"] = fitted.replace(microsecond=0).timestamp()
        for done in range(100, size + 1, 100):
            log.later(done / pace * 60, lambda done=done: self.progress(done))
        log.later(size / pace * 60 + 0.2, self.finish)

    def progress(self, done):
        self.truth.progress.append(self.log.text(BATCH, "info", f"Processed {done} companies..."))

    def finish(self):
        if self.error:
            self.truth.end_batch(self.begin, self.log.text(BATCH, "error", f"Batch processing failed: {self.error}"), False)
            return
        ms = round(self.size / self.pace * 60000, 2)
        succeeded = self.size - self.failing
        errors = [{"company_id": "line_7", "error": "1 validation error", "line_number": 7}] if self.failing else []
        summary = {"input_file": "in.jsonl", "output_file": "out.jsonl", "norm_context_version": self.version,
                   "batch_id": "b-17", "write_to_db": True, "companies_processed": self.size, "companies_succeeded": succeeded,
                   "companies_failed": self.failing, "success_rate_pct": round(100 * succeeded / self.size, 2),
                   "processing_time_ms": ms, "errors": errors, "error_count": len(errors)}
        self.truth.end_batch(self.begin, self.log.text(BATCH, "info", f"Batch processing completed: {summary}"), True)
        self.truth.values["echo_batch_companies_per_minute"] = self.size * 60000 / ms
        self.truth.count("echo_batch_companies_succeeded_total", succeeded)
        self.truth.count("echo_batch_companies_failed_total", self.failing)

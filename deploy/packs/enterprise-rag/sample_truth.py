"""What a reader must find in a scenario of the sample, by row of the requirements."""

from collections import Counter

from sample_steps import series
from service import DAY, EXAMPLES, HOUR, MINUTE, NOON, START


def within(step, name, now, over, parts):
    """The values of a window: those of the current part and of the parts before it."""
    length = over.total_seconds() / parts
    newest = now.timestamp() // length
    return [value for moment, value in step.moments.get(name, []) if newest - parts < moment.timestamp() // length <= newest]


def ratio(values):
    return sum(values) / len(values)


def days_before(days):
    """When the day began that was so many days before the day of the scenarios."""
    return (NOON.replace(hour=0) - days * DAY).timestamp()


def longest_gap(step, now):
    """Of the audit, within a day by steps of ten minutes."""
    start = (now.timestamp() // 600 - 143) * 600
    times = sorted(moment.timestamp() for moment, _ in step.moments["audit"] if moment.timestamp() >= start)
    return max(later - earlier for earlier, later in zip([start, *times], times))


def truth_of(name, step):
    healthy = name in ("healthy", "dirty")
    now = step.clock
    counts = step.counts

    def counted(*names):
        return {key: value for key, value in counts.items() if key.split("{")[0] in names}

    def hour(key):
        return within(step, key, now, HOUR, 180)

    hhem, quarter = hour("hhem"), within(step, "hhem", now, 15 * MINUTE, 180)
    clock = max(moment for moment, _ in step.moments["trace"])
    similar = within(step, "similarity", clock, HOUR, 180)
    rows = {}

    def row(identifier, values=(), fires=(), quiet=(), absent=()):
        rows[identifier] = {"values": dict(sorted(dict(values).items())), "absent": list(absent), "fires": sorted(fires),
                            "quiet": sorted(quiet)}

    def alerts(condition, *names):
        return {"fires" if condition else "quiet": names}

    incident, warning = name == "incident", name == "warning"
    requests = counted("http_requests_total")
    bad = sum(value for key, value in requests.items() if 'status="5' in key)
    slo = {series("leeway_slo_events_total", slo="availability"): sum(requests.values()),
           series("leeway_slo_bad_events_total", slo="availability"): bad}
    budget = ["ErrorBudgetBurnPageFast", "ErrorBudgetBurnPageSlow", "ErrorBudgetBurnTicketFast", "ErrorBudgetBurnTicketSlow"]
    row("R2", requests | slo, fires=["RAGErrorRateHigh", *budget[2:]] * incident,
        quiet=[*budget[:2], "ErrorBudgetExhausted"] + ["RAGErrorRateHigh", *budget[2:]] * (not incident))
    blocked = hour("blocked")
    row("R3", counted("safety_injection_blocked_total") | ({"rag_injection_blocks": len(blocked)}),
        **alerts(incident, "InjectionAttemptSpike"))
    users = within(step, "blocked_user", now, DAY, 24)
    row("R40", counted("safety_injection_blocked_total") | {"rag_injection_top_source_ratio": max(Counter(users).values()) / len(users),
                                                            "rag_injection_top_source_samples": len(users)},
        quiet=["InjectionAttemptsMany"])
    row("R41", {"rag_injection_l2_ratio": ratio(within(step, "blocked", now, DAY, 144))})
    row("R5", {key: value for key, value in counts.items() if key.startswith("hallucination_score_")}
        | {"rag_hhem_recent_mean": ratio(hhem), "rag_hhem_recent_mean_samples": len(hhem),
           "rag_hhem_below_ratio": ratio([score < 0.7 for score in quarter]),
           "rag_hhem_warning_ratio": ratio([0.7 <= score < 0.85 for score in quarter])},
        fires=["HHEMFaithfulnessBelowThreshold"] * incident + ["HHEMFaithfulnessInWarningZone"] * warning,
        quiet=["HHEMFaithfulnessBelowThreshold"] * (not incident) + ["HHEMFaithfulnessInWarningZone"] * (not warning))
    row("R6", counted("hallucination_check_failed_total")
        | {"rag_hallucination_fail_ratio": ratio([score < 0.7 for score in within(step, "hhem", now, 4 * HOUR, 120)])},
        **alerts(incident, "RAGHallucinationSpike"))  # none failed on the day before
    row("R7", counted("feedback_received_total") | {"rag_feedback_positive_ratio": ratio(within(
        step, "feedback", max(moment for moment, _ in step.moments["feedback"]), 7 * DAY, 168))}, quiet=["RAGFeedbackRateDrop"])
    pending = 30 if incident else 1 if warning else 4
    row("R8", counted("annotations_created_total", "annotations_completed_total") | {
        series("leeway_source_stalest_file_timestamp_seconds", source="annotations_pending"): (NOON - (8 if incident else 1) * DAY).timestamp(),
        series("leeway_quality_rows", quality="annotations", segment="pending"): pending,
        series("leeway_quality_rows", quality="annotations", segment="completed"): 6 if warning else 3}, **alerts(incident, "RAGAnnotationBacklog", "RAGAnnotationStale"))
    if name != "dirty":  # whose many names of events do not fit
        row("R10", counted("rag_log_events_total"), **alerts(incident, "RAGErrorLogs"))
    last_week = START + (14 if incident else 7) * DAY
    row("R11", {series("rag_flywheel_last_run_timestamp_seconds", phase="triage"): last_week.timestamp(),
                series("rag_flywheel_last_run_timestamp_seconds", phase="import"): (NOON if incident else NOON - DAY).timestamp()},
        quiet=["RAGFlywheelOverdue"])
    failures = {"hallucination": 30, "retrieval_failure": 2} if incident else {
        "hallucination": 7, "retrieval_failure": 6, "other": 1}
    row("R12", {series("rag_triage_failures", category=key): value for key, value in failures.items()}
        | {"rag_triage_failure_ratio": sum(failures.values()) / 400}, **alerts(incident, "RAGTriageFailuresUp"),
        absent=[series("rag_triage_failures", category="other")] if incident else [])
    earlier, last = step.clusters
    row("R13", {"rag_triage_clusters_of_two_reports": len(earlier | last), "rag_triage_clusters_usual": len(earlier)},
        **alerts(incident, "RAGTriageNewClusters"))
    row("R14", {"rag_triage_clusters": len(last)}, **alerts(incident, "RAGTriageRecurringClusters"))
    shares = {key: value / sum(failures.values()) for key, value in failures.items()}
    usual = {"hallucination": 7 / 14, "retrieval_failure": 6 / 14} if incident else {"hallucination": 8 / 13, "retrieval_failure": 5 / 13}
    row("R15", {series("rag_triage_category_ratio", category=key): value for key, value in shares.items()}
        | {series("rag_triage_category_above_usual_ratio", category=key): shares[key] - value for key, value in usual.items()},
        quiet=["RAGTriageMixChanged"] * (not incident), fires=["RAGTriageMixChanged"] * incident)
    row("R16", {series("ragas_score_daily", score="faithfulness"): 0.92, series("ragas_score_daily", score="context_precision"): 0.9,
                series("rag_ragas_declines", score="faithfulness"): 0, series("rag_ragas_declines", score="context_precision"): 0,
                "ragas_eval_sample_size": 50, series("rag_eval_status", state="completed"): 1,
                "ragas_eval_last_run_timestamp_seconds": (START + 7 * DAY + 2 * HOUR).timestamp()},
        quiet=["RAGEvalNotRun", "RagasScoresDeclining", "RagasFaithfulnessBelowTarget", "RagasContextPrecisionBelowTarget",
               "RagasAnswerRelevancyBelowTarget"], absent=[series("ragas_score_daily", score="answer_relevancy")])
    row("R17", {"embedding_drift_detected": int(incident), "embedding_centroid_shift_cosine": 0.18 if incident else 0.04,
                "embedding_spread_change": 0.07}, **alerts(incident, "EmbeddingDriftDetected"))
    row("R26", {"rag_cohere_calls": len(within(step, "cohere", now, 30 * DAY, 180))}, quiet=["RAGCohereQuotaNear"])
    row("R37", counted("rag_restarts_total") | {series("rag_build_info", version="0.9.3"): 1}, **alerts(incident, "RAGRestartLoop"))
    row("R38", counted("rag_documents_ingested_total", "rag_chunks_upserted_total"))
    row("R39", {"rag_hhem_model_loaded": int(not incident), "rag_hhem_load_overdue": int(incident), "rag_hhem_load_in_progress": int(incident),
                series("rag_hhem_load_ended_total", outcome="success"): 1, "rag_hhem_load_duration_seconds_sum": 60}
        | ({"rag_hhem_load_oldest_start_timestamp_seconds": (NOON + 3 * MINUTE).timestamp()} if incident else {}),
        absent=[] if incident else ["rag_hhem_load_oldest_start_timestamp_seconds"], **alerts(incident, "RAGHHEMNotLoaded"))
    empty = hour("retrieval")
    row("R43", {"rag_retrieval_empty_ratio": ratio(empty), "rag_retrieval_empty_samples": len(empty)},
        **alerts(incident, "RetrievalEmptyResults"))
    row("R4", {"retrieval_cosine_sim_count": counts["retrieval_cosine_sim_count"],
               "rag_retrieval_above_floor_ratio": ratio([score >= 0.3 for score in similar])},
        fires=["RetrievalQualityP50DropCritical", "RetrievalP95Low"] * incident
        + ["RetrievalQualityP50DropWarning"] * (incident or warning),
        quiet=["RetrievalQualityP50DropCritical", "RetrievalP95Low"] * (not incident)
        + ["RetrievalQualityP50DropWarning"] * healthy)
    if len(similar) >= 50:
        rows["R4"]["near"] = {"retrieval_cosine_sim_p50": sorted(similar)[(len(similar) + 1) // 2 - 1]}
    row("R45", counted("safety_pii_detected_total") | {"rag_pii_detections": len(hour("pii"))},
        **alerts(incident, "RAGPIIDetectedSpike"))
    row("R46", counted("deletion_requests_total", "deletion_step_failures_total") | {
        series("leeway_quality_check_violations", quality="deletions", check="completed", column="status"): 2 * incident},
        fires=["RAGDeletionIncomplete", "RAGDeletionOverdue"] * incident, quiet=["RAGDeletionIncomplete", "RAGDeletionOverdue"] * (not incident),
        absent=[series("deletion_open_timestamp_seconds", deletion_id="d1")])
    if incident:
        rows["R46"]["values"] |= {series("deletion_open_timestamp_seconds", deletion_id="d2"): (NOON + 5 * MINUTE).timestamp(),
                                  series("deletion_open_timestamp_seconds", deletion_id="d3"): (NOON - 74 * HOUR).timestamp()}
    row("R48", {"shadow_mode_budget_remaining_usd": 2.5} if incident else {},
        absent=[] if incident else ["shadow_mode_budget_remaining_usd"])
    row("R55", counted("rag_traces_total") | {"rag_trace_last_timestamp_seconds": clock.timestamp()}, quiet=["RAGNoTraces"])
    row("R56", {key: value for key, value in counts.items() if key.startswith("pipeline_request_duration_seconds_")})
    row("R57", {series("pipeline_request_duration_per_stage_seconds_count", stage="input_safety"): counts["rag_traces_total"]})
    row("R58", counted("llm_tokens_in_total", "llm_tokens_out_total", "llm_cost_usd_total")
        | {"rag_llm_cost_usd": sum(within(step, "cost", now, DAY, 144))}, **alerts(incident, "LLMCostSpike"))
    row("R59", counted("shadow_circuit_breaker_trips_total"), **alerts(incident, "ShadowCircuitBreaker"))
    audited = max(moment for moment, _ in step.moments["audit"])
    row("R30", {"audit_log_last_event_timestamp_seconds": audited.timestamp()}, quiet=["RAGAuditGap"])
    rows["R30"]["near"] = {"audit_log_max_gap_seconds": longest_gap(step, audited)}
    row("R31", {"audit_log_files": len(within(step, "audit", now, DAY, 144)),
                "audit_log_expected_files": len(within(step, "audit_logged", now, DAY, 144))}, **alerts(incident, "RAGAuditCountMismatch"))
    # An agent that runs exports the number of files in the directory, too.
    row("R32", {series("leeway_source_file_versions_total", source="audit"): len(step.moments["audit"])}, **alerts(incident, "RAGAuditTamper"))
    rows["R32"]["files"] = {series("leeway_source_matching_files", source="audit"): len(step.moments["audit"]) - incident}
    examples = dict(list(EXAMPLES.items())[:3]) if incident else EXAMPLES
    row("R28", {"rag_golden_examples": sum(examples.values())})
    row("R29", {series("leeway_quality_rows", quality="golden categories", segment=category): count for category, count in examples.items()}
        | {series("leeway_quality_check_value", quality="golden", check="categories", column="category"): len(examples)},
        **alerts(incident, "RAGGoldenCoverageGap"))
    row("R18", {"rag_loadtest_p95_seconds": 2.6 if incident else 2.31, "rag_loadtest_baseline_p95_seconds": 2,
                "rag_loadtest_error_ratio": 0.03 * incident}, **alerts(incident, "RAGLoadTestRegression"))
    vulnerable = series("dependency_vulnerabilities", package="requests")
    outdated = {name: series("dependency_outdated", package=name) for name in ("transformers", "requests")}
    row("R19", {outdated["transformers"]: 1} | ({vulnerable: 1, outdated["requests"]: 1} if incident else {}),
        absent=[] if incident else [vulnerable, outdated["requests"]], **alerts(incident, "RAGDependencyVulnerable"))
    row("R20", {series("dependency_constraint_ok", package="transformers"): int(not incident)}, **alerts(incident, "RAGTransformersMajor"))
    row("R22", {series("api_key_created_timestamp_seconds", key_id="k1", role="pipeline_admin"): days_before(91 if incident else 80)},
        absent=[series("api_key_created_timestamp_seconds", key_id="k2", role="pipeline_admin")] * incident, **alerts(incident, "RAGApiKeyOld"))
    used = series("api_key_last_used_timestamp_seconds", key_id="k1", role="pipeline_admin")
    row("R23", {used: days_before(91 if incident else 2)}, absent=[used.replace("k1", "k2")], **alerts(incident, "RAGApiKeyUnused"))
    row("R53", counted("rag_configuration_versions_total"), **alerts(incident, "RAGConfigurationChanged"))
    if name == "dirty":
        known = sum(key.startswith("rag_log_events_total") for key in counts)
        row("dirty", {series("leeway_metric_overflowed_records_total", metric="rag_log_events_total"): 10_001 - (300 - known),series("leeway_source_rejected_lines_total", source="pipeline", reason="no_format"): 2,
                      series("leeway_source_rejected_lines_total", source="pipeline", reason="too_long"): 1,
                      series("leeway_source_anomalies_total", source="pipeline", kind="invalid_utf8"): 1})
    return {"steps": ["first"] if name == "healthy" else ["first", name], "now": now.timestamp(), "rows": rows}

"""Where the files of a folder lie, and what pytest is asked of them, the fastest tests first."""

FOLDERS = {
    "proof": (
        "optlib/algebra/proof",
        "test_facts test_signs test_powers test_cases test_sums test_radicals test_sampling"
        " test_needs test_limits test_where_real test_soundness test_limits_soundness"
        " test_derivation test_frozen test_verdicts",
    ),
    "algebra": (
        "optlib/algebra",
        "test_rendering test_reading test_parts test_tracing_shown test_bounded test_expectation"
        " test_verdicts_shown test_induction test_chain test_where_real test_derivation"
        " test_frozen test_selfcheck test_tracing test_soundness test_verdicts",
    ),
    "rules": (
        "optlib/rules",
        "test_defaults test_debias test_step_sizes test_formulas test_newton test_adam_mini"
        " test_family test_second_opinion test_reference test_muon test_shampoo test_quantize"
        " test_matrix test_modifiers test_damping test_variants test_lbfgs test_recent test_decay"
        " test_newer_rules test_values test_minimize test_rules test_modelwise test_sizes"
        " test_after_muon test_polar test_dion test_splus test_psgd test_added_rules"
        " test_whole_model test_microscaling",
    ),
    "schedules": (
        "optlib/schedules",
        "test_schedules test_schedule_edges test_values ../conventions/test_plateaus"
        " ../conventions/test_schedules_libraries test_optimizer test_averaging",
    ),
    "problems": (
        "optlib/problems",
        "test_problems test_online test_classifiers test_perceptron test_transformer test_networks"
        " test_values test_minimize",
    ),
    "running": (
        "optlib/running",
        "test_defaults test_frozen test_clipping test_averaging test_group_arguments test_searches"
        " test_doors test_networks test_minimize test_minimize_edges test_modelwise test_per_layer"
        " test_closure test_accumulation test_param_groups test_attributes test_edges test_optim"
        " test_lbfgs test_checkpoint test_matrix test_odd_arrays test_newton"
        " ../conventions/test_lbfgs_loops test_sizes test_optimizer test_asked test_finite"
        " test_attention test_runlog test_again test_blocks test_kernels"
        " ../conventions/test_runlog_torch",
    ),
    "conventions": (
        "optlib/conventions",
        "test_frozen ../conventions/test_library_defaults ../conventions/test_kinds"
        " ../conventions/test_compare ../conventions/test_refusals ../conventions/test_entries"
        " ../conventions/test_schedule_arguments ../conventions/test_plateaus"
        " ../conventions/test_followed_schedule_edges ../conventions/test_libraries"
        " ../conventions/test_schedules_libraries ../conventions/test_optax_free"
        " ../conventions/test_optax ../conventions/test_torch_arguments"
        " ../conventions/test_lbfgs_library ../conventions/test_lbfgs_loops"
        " ../conventions/test_lower_precision ../conventions/test_ports"
        " ../conventions/test_accumulation_libraries ../conventions/test_groups"
        " ../conventions/test_overflow ../conventions/test_names ../conventions/test_optax_around"
        " ../conventions/test_checkpoint_ports",
    ),
    "book": (
        "optlib/book",
        "test_ledger test_ledger_file test_stored test_frozen test_intervals test_statistics_runs"
        " ../book/test_study test_display test_cheatsheet test_printed test_judgement test_figures"
        " test_cards test_selfcheck test_choosing test_points test_stories test_live_curves"
        " test_live test_live_past test_live_batches test_live_rare test_live_rectified"
        " test_live_schedules test_live_rounding test_live_readings test_libraries_page",
    ),
    "engines": (
        "optlib/engines",
        "test_blocks test_kernels test_javascript test_live_words ../site/test_printed_rules",
    ),
    "base": (
        "optlib",
        "test_domains test_namespaces test_registry test_attributes test_notes_class test_optim"
        " test_closure test_param_groups test_layout test_schedules test_optimizer test_rules"
        " test_edges test_tracing test_arrays",
    ),
}

"""The verbs: plan, submit, advance, report. They know ports, not libraries."""

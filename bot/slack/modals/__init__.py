"""The modals: pure functions from values to views, and from submitted views to values."""

"""Measurements: what a decision and a call cost."""

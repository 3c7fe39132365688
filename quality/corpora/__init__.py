"""Corpora that accuracy is measured on: each a module with NAME and `verdicts`."""

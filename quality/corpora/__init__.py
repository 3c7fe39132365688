"""Corpora that reading is measured on: a module each, with NAME and `verdicts`."""

"""From records to what a reader sees: tables, sentences, figures, verdicts."""

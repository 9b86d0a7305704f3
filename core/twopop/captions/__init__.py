"""The caption model, its readers and writers, and retiming to a cut."""

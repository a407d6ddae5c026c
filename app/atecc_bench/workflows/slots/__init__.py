"""What a person does with keys and slots of one chip."""

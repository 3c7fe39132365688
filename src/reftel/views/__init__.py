"""What is shown: a view asks the reading room and returns one frozen result for page, JSON and terminal."""

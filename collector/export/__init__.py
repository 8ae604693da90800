"""Tables, views and answers as files for analysts' own tools."""

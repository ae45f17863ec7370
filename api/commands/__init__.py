"""The commands behind `flask --app api.app`, one module per noun."""

"""One module per noun: the Flask-RESTful resources."""

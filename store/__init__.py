"""What stands behind the door `database.py`: tables, migrations, statements, the writer and the readers."""

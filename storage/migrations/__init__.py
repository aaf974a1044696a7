"""Alembic's revisions of the schema, run by ``storage.schema``; there is no alembic.ini."""

"""The application: the composition root and the command line. Nothing imports it."""

"""The HTTP routes: thin; what they do is in the services beside this folder."""

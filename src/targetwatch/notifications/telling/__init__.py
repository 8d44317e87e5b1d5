"""Telling: from incidents and what is known around them to the stories that messages tell. Pure."""

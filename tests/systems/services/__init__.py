"""Small stand-ins for the services of the city: they answer as the real ones do, with data that is invented."""

"""targetwatch watches metrics against targets and tells the right person when something falls behind."""

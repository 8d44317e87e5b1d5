"""The measured figures of targetwatch: `make bench`. Ratios are taken within one run, so they hold on any machine."""

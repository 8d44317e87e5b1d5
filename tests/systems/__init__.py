"""Every system of the programme, gathered from something that behaves like the real one."""

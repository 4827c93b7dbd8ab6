"""The service desk as pure functions: working time, the clocks of a ticket, and who gets which ticket."""

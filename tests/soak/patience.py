"""How long the product waits in the kill test, in seconds: for a worker that took a send, and for a report about a send
whose outcome nobody knows. In the field it is 90 and 30.
"""

LEASE = 4.0
STATUS_WAIT = 3.0

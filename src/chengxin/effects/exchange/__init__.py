"""Exchange: what came into force, changed or ended is told to every body that may know, and told again.

``making`` reads the ledger forward and writes events; ``subscribing`` says who may get which; ``envelope``
dresses one for one subscriber; ``sending`` carries it out and keeps the receipt; ``receipts`` and ``pulling``
take acknowledgements, show who was told, and repeat.
"""

"""How bytes reach a chip: ports, the Kit Protocol client, the exchange trace."""

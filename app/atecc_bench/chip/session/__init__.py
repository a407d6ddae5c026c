"""Operations over a Transport: reads, writes, locks, encrypted access."""

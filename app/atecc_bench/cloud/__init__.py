"""Registration of devices and authorities with clouds and brokers."""

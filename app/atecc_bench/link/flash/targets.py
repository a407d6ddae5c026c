"""The chips the bridge firmware is built for.

The names are those that ESP-IDF gives them.
"""

TARGETS = (
    "esp32",
    "esp32s2",
    "esp32s3",
    "esp32c2",
    "esp32c3",
    "esp32c5",
    "esp32c6",
    "esp32c61",
    "esp32h2",
    "esp32p4",
)

# What is said of the bare images that come with the product, until somebody has reported it otherwise.
NOT_SEEN = "not yet seen on silicon"


def target_of(name: str) -> str:
    """`esp32s3` for `ESP32-S3`."""
    return name.lower().replace("-", "")

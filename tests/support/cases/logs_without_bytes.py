"""Logs without bytes as people bring them: the text, where its kind was seen, and what its first cause has to be.

The lines are those that programs print; addresses, times and serial numbers are our own.
"""

from dataclasses import dataclass

from atecc_bench.diagnose.codes.log_causes import LogCauseId

_C = LogCauseId
_EMPTY_ROW = " --" * 16


def i2cdetect(*addresses: int, held: tuple[int, ...] = ()) -> str:
    """The table that `i2cdetect -y 1` prints for these devices."""
    rows = ["     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f"]
    for start in range(0, 0x80, 16):
        cells = [
            "  " if not 3 <= at <= 0x77 else "UU" if at in held else f"{at:02x}" if at in addresses else "--"
            for at in range(start, start + 16)
        ]
        rows.append(f"{start:02x}: {' '.join(cells)}")
    return "\n".join(rows) + "\n"


@dataclass(frozen=True)
class LogCase:
    """A log and what it allows.

    `first` is the first cause; `also` have to be among the others, `never` must not be there. `certain` says whether
    the log states its cause itself.
    """

    name: str
    seen: str
    text: str
    first: LogCauseId
    also: tuple[LogCauseId, ...] = ()
    never: tuple[LogCauseId, ...] = ()
    certain: bool = False

    def __str__(self) -> str:
        return self.name


LOGS = (
    LogCase("a scanner of Arduino finds what the library does not", "a scanner, and ArduinoECCX08",
            "I2C device found at address 0x60 !\nFailed to communicate with ECC508/ECC608!\n",
            _C.WAKE_FAILED, never=(_C.ADDRESS_MOVED, _C.NOTHING_ON_BUS)),
    LogCase("a scan shows Trust&GO and the library asks as usual", "arduino-libraries/ArduinoECCX08",
            "I2C device found at address 0x35  !\nNo ECCX08 present!\n",
            _C.ADDRESS_MOVED, also=(_C.WAKE_FAILED,), never=(_C.NOTHING_ON_BUS,)),
    LogCase("a scan shows TrustFLEX and the library asks as usual", "arduino-libraries/ArduinoECCX08",
            "I2C device found at address 0x36  !\nFailed to communicate with ECC508/ECC608!\n",
            _C.ADDRESS_MOVED, also=(_C.WAKE_FAILED,), never=(_C.NOTHING_ON_BUS,)),
    LogCase("errno 121 alone", "Python, smbus", "OSError: [Errno 121] Remote I/O error\n", _C.WAKE_FAILED,
            also=(_C.NOTHING_ON_BUS,)),
    LogCase("a cryptographic device and what was got", "a program on CryptoAuthLib",
            "Unable to find cryptographic device, got 0xD0\n", _C.WAKE_FAILED, also=(_C.NOTHING_ON_BUS,)),
    LogCase("a number that is no code", "CryptoAuthLib on Linux", i2cdetect(0x60) + "atcab_init() failed: 192\n",
            _C.WAKE_FAILED, also=(_C.HAL_NOT_READY,), never=(_C.NOTHING_ON_BUS, _C.ADDRESS_MOVED)),
    LogCase("both forms of one address", "a forum",
            "I2c probe of the chip says it is at 0x58, not 0xB0 (as I set in byte 16)\n", _C.ADDRESS_FORM,
            never=(_C.ADDRESS_MOVED, _C.NOTHING_ON_BUS)),
    LogCase("trace of F3", "MicrochipTech/cryptoauthlib #272",
            "lib/calib/calib_read.c:103:f3:calib_read_zone - execution failed\n"
            "lib/calib/calib_read.c:619:f3:calib_read_zone - falied\nSTATUS CODE 0xf3\n",
            _C.WAKE_FRAME_READ, never=(_C.NOTHING_ON_BUS, _C.REFUSED)),
    LogCase("wake frame as answer", "MicrochipTech/cryptoauthlib #246",
            "atcab_init() failed with ret=0x000000F3\nhal_i2c_receive got (0x4 0x11 0x33 0x43)\n",
            _C.WAKE_FRAME_READ, never=(_C.NOTHING_ON_BUS,)),
    LogCase("F0 in decimal", "MicrochipTech/cryptoauthlib #5",
            "ECC: Failed to initialize atca device, error 240\nECC: atcab_read_bytes_zone() failed with "
            "ret=0x000000F0\n",
            _C.NOTHING_ON_BUS, also=(_C.WAKE_FAILED, _C.ADDRESS_FORM)),
    LogCase("F0 with the sign turned", "espressif/esp-idf, esp_tls_mbedtls.c",
            "E (2145) esp-tls-mbedtls: Failed to initialize atca device, returned -0xFFFFFF10\n"
            "E (2150) esp-tls: create_ssl_handle failed\nE (2155) esp-tls: ESP_ERR_ESP_TLS_SE_FAILED\n",
            _C.NOTHING_ON_BUS, also=(_C.WAKE_FAILED,)),
    LogCase("lines that stay high", "Azure-Samples/iot-middleware-freertos-samples #173",
            "I (231700) esp-tls-mbedtls: Initialize the ATECC interface...\n"
            "I (231730) HAL_I2C: 0x3ffc9e30   01                                    |.|\n"
            "I (232750) HAL_I2C: 0x3ffc9e34   ff ff ff 00                           |....|\n",
            _C.NOTHING_ON_BUS, also=(_C.WAKE_FAILED,)),
    LogCase("an alert, and what esp-tls says after any failure", "espressif/esp-aws-iot #206",
            "E (6102) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x7780\n"
            "I (6110) esp-tls-mbedtls: Certificate verified.\nE (6120) esp-tls: Failed to open new connection\n",
            _C.CLIENT_REJECTED, never=(_C.NETWORK,)),
    LogCase("a sum of two codes in the handshake", "espressif/esp-idf #1750",
            "D (6190) aws_iot: Performing the SSL/TLS handshake...\n"
            "E (9190) aws_iot: failed! mbedtls_ssl_handshake returned -0x4310\n"
            "E (9200) esp-tls: Failed to open new connection\n",
            _C.MEMORY, never=(_C.NETWORK,)),
    LogCase("no connection at all", "espressif/esp-idf, esp_tls.c",
            "E (3301) esp-tls: [sock=54] select() timeout\nE (3310) esp-tls: Failed to open new connection\n",
            _C.NETWORK),
    LogCase("another variant", "Azure-Samples/iot-middleware-freertos-samples #173",
            "TNG Device Certificate:\nget-tngtls-device-cert\n"
            "E (8465) secure_element: failed to read tng_atcacert_device_cert, returned 0x0b\n"
            "I (8465) secure_element: Status: Failure\n",
            _C.OTHER_VARIANT, never=(_C.NOTHING_ON_BUS,)),
    LogCase("400 kHz at the wake", "MicrochipTech/cryptoauthlib #107",
            "linux_i2c.atcai2c.slave_address = 0xC0;\nlinux_i2c.atcai2c.baud = 400000;\n"
            "init status: ATCA_RX_NO_RESPONSE\n",
            _C.WAKE_FAILED, also=(_C.NOTHING_ON_BUS,), never=(_C.REFUSED,)),
    LogCase("a HAL without wake", "MicrochipTech/cryptoauthlib #359",
            "Atcontrol : status: 0xF5\ncalib_wakeup_i2c : status: 0xF5\ncalib_execute_send : status: 0xF0\n",
            _C.NOT_BUILT_IN),
    LogCase("a kernel's driver for another chip", "cryptotronix/EClet #17",
            "[  204.623851] atsha204-i2c 1-0060: Send wake-up (1)\n"
            "[  204.646095] atsha204-i2c 1-0060: Wakeup failed. No Device\n"
            "[  204.651589] atsha204-i2c 1-0060: Device failed to wake\n",
            _C.WAKE_FAILED, also=(_C.NOTHING_ON_BUS,)),
    LogCase("open zones in the kernel", "torvalds/linux, drivers/crypto/atmel-i2c.c",
            "[    2.104511] atmel-ecc 0-0060: Configuration or Data and OTP zones are unlocked!\n"
            "[    2.112001] atmel-ecc: probe of 0-0060 failed with error -524\n",
            _C.ZONES_OPEN, certain=True, never=(_C.NOTHING_ON_BUS, _C.WAKE_FAILED)),
    LogCase("a refusal in the kernel", "torvalds/linux, drivers/crypto/atmel-i2c.c",
            "[    9.801122] atmel-ecc 0-0060: 0f: Execution Error:\n", _C.REFUSED),
    LogCase("a missing property in the kernel", "torvalds/linux, drivers/crypto/atmel-i2c.c",
            "[    2.004511] atmel-ecc 0-0060: failed to read clock-frequency property\n"
            "[    2.012001] atmel-ecc: probe of 0-0060 failed with error -22\n", _C.HAL_NOT_READY, certain=True),
    LogCase("nothing acknowledges in the kernel", "torvalds/linux, drivers/crypto/atmel-sha204a.c",
            "[    2.004511] atmel-sha204a 1-0064: error -121\n", _C.WAKE_FAILED, also=(_C.NOTHING_ON_BUS,)),
    LogCase("errno 19 in CircuitPython", "adafruit/Adafruit_CircuitPython_ATECC #28",
            'Traceback (most recent call last):\n  File "code.py", line 35, in <module>\n'
            '  File "adafruit_atecc/adafruit_atecc.py", line 241, in version\n'
            '  File "adafruit_atecc/adafruit_atecc.py", line 195, in idle\nOSError: [Errno 19] No such device\n',
            _C.WAKE_FAILED, also=(_C.NOTHING_ON_BUS,), never=(_C.REFUSED,)),
    LogCase("a wrong CRC right after the wake", "adafruit/Adafruit_CircuitPython_ATECC #34",
            'Traceback (most recent call last):\n  File "code.py", line 16, in <module>\n'
            '  File "/lib/adafruit_atecc/adafruit_atecc.py", line 266, in version\n'
            '  File "/lib/adafruit_atecc/adafruit_atecc.py", line 625, in _get_response\nRuntimeError: CRC Mismatch\n',
            _C.WAKE_FAILED, also=(_C.LINE_DAMAGED, _C.WAKE_FRAME_READ)),
    LogCase("a wrong CRC from GenKey", "adafruit/Adafruit_CircuitPython_ATECC #28",
            "ATECC Serial Number:  0123A1B2C3D4E5F6EE\nATECC locked!\nGenerating Certificate Signing Request...\n"
            'Traceback (most recent call last):\n  File "adafruit_atecc/adafruit_atecc.py", line 438, in gen_key\n'
            '  File "adafruit_atecc/adafruit_atecc.py", line 556, in _get_response\nRuntimeError: CRC Mismatch\n',
            _C.REFUSED, never=(_C.NOTHING_ON_BUS,)),
    LogCase("no pull-ups in CircuitPython", "adafruit/circuitpython, busio",
            "RuntimeError: No pull up found on SDA or SCL; check your wiring\nimport adafruit_atecc\n",
            _C.LINE_DAMAGED, certain=True),
    LogCase("not a word of a chip on Arduino", "arduino-libraries/ArduinoECCX08, examples",
            "Failed to communicate with ECC508/ECC608!\nNo ECCX08 present!\n",
            _C.NOTHING_ON_BUS, also=(_C.WAKE_FAILED,)),
    LogCase("an open chip on Arduino", "arduino-libraries/ArduinoECCX08, examples",
            "0123A1B2C3D4E5F6EE\nThe ECCX08 is not locked!\n", _C.ZONES_OPEN, certain=True, never=(_C.NOTHING_ON_BUS,)),
    LogCase("no device in SparkFun's library", "sparkfun/SparkFun_ATECCX08a_Arduino_Library #10",
            "Device not found. Check wiring.\nATECCX08a\n", _C.NOTHING_ON_BUS, also=(_C.WAKE_FAILED, _C.ADDRESS_MOVED)),
    LogCase("an empty scan", "i2c-tools, i2cdetect", f"$ i2cdetect -y 1\n{i2cdetect()}atcab_init: 0xD0\n",
            _C.NOTHING_ON_BUS, also=(_C.WAKE_FAILED,)),
    LogCase("a chip that the kernel holds", "i2c-tools, i2cdetect",
            f"$ i2cdetect -y 1\n{i2cdetect(0x20, held=(0x60,))}atcab_init() failed with ret=0x000000F0\n",
            _C.BUS_SHARED, never=(_C.NOTHING_ON_BUS,)),
    LogCase("Trust&GO asked at C0", "MicrochipTech/cryptoauthlib, atca_cfgs.c",
            f"$ i2cdetect -y 1\n{i2cdetect(0x35)}cfg.atcai2c.address = 0xC0;\natcab_init() failed with "
            f"ret=0x000000F0\n",
            _C.ADDRESS_MOVED, never=(_C.NOTHING_ON_BUS,)),
    LogCase("7 bits for CryptoAuthLib", "MicrochipTech/cryptoauthlib, atca_cfgs.c",
            "cfg.atcai2c.slave_address = 0x60;\natcab_init() failed with ret=0x000000F0\n", _C.ADDRESS_FORM),
    LogCase("8 bits for Arduino", "arduino-libraries/ArduinoECCX08",
            "ECCX08.begin(0xC0)\nFailed to communicate with ECC508/ECC608!\n", _C.ADDRESS_FORM),
    LogCase("a MicroPython scan", "dmazzella/ucryptoauthlib",
            "i2c.scan() -> [53]\nATECCX08A(bus, address=0x60)\ncryptoauthlib.exceptions.WakeFailedError: Device "
            "Wake failed\n",
            _C.ADDRESS_MOVED, never=(_C.NOTHING_ON_BUS,)),
    LogCase("a refusal in MicroPython", "dmazzella/ucryptoauthlib",
            "Traceback (most recent call last):\ncryptoauthlib.exceptions.ExecutionError: chip was in a state "
            "where it could "
            "not execute the command, response status byte indicates command execution error (status byte = 0x0F)\n",
            _C.REFUSED, never=(_C.NOTHING_ON_BUS,)),
    LogCase("a refusal in Rust", "FactbirdHQ/at-cryptoauth-rs, src/error.rs",
            "thread 'main' panicked: at_cryptoauth Error { repr: Device(Execution) }\n", _C.REFUSED),
    LogCase("no wake in Rust", "PelionIoT/rust-cryptoauthlib",
            "cryptoauthlib: setup failed: AtcaWakeFailed\n", _C.WAKE_FAILED),
    LogCase("a server that is not trusted", "espressif/esp-idf, esp_tls_mbedtls.c",
            "E (9501) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700\n"
            "I (9502) esp-tls-mbedtls: Failed to verify peer certificate!\n"
            "I (9503) esp-tls-mbedtls: verification info:   ! The certificate is not correctly signed by the "
            "trusted CA\n",
            _C.SERVER_CA, never=(_C.NOTHING_ON_BUS, _C.CLIENT_REJECTED)),
    LogCase("a clock in 1970", "espressif/esp-idf, esp_tls_mbedtls.c",
            "E (9501) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700\n"
            "I (9503) esp-tls-mbedtls: verification info:   ! The certificate validity starts in the future\n",
            _C.CLOCK_NOT_SET, also=(_C.SERVER_CA,)),
    LogCase("a server that takes no such client", "espressif/esp-aws-iot",
            "E (7105) aws_iot: failed! mbedtls_ssl_handshake returned -0x7780\n"
            "E (7106) aws_iot: got an alert message, type: [2:42]\n", _C.CLIENT_REJECTED, never=(_C.NOTHING_ON_BUS,)),
    LogCase("a hardware key that fails", "Mbed-TLS/mbedtls, pk.h",
            "aws_iot: mbedtls_ssl_handshake returned -0x3880\n", _C.REFUSED),
    LogCase("a name that is not resolved", "espressif/esp-idf, esp_tls.c",
            "E (4211) esp-tls: couldn't get hostname for :broker.example: getaddrinfo() returns 202\n"
            "E (4212) esp-tls: Failed to open new connection\n", _C.NETWORK, never=(_C.NOTHING_ON_BUS,)),
    LogCase("a bus without the device file", "MicrochipTech/cryptoauthlib, hal_linux_i2c_userspace.c",
            "open /dev/i2c-2: No such file or directory\natcab_init() failed with ret=0x000000F0\n",
            _C.PORT_ACCESS, certain=True),
    LogCase("a bus that this user may not open", "i2c-tools",
            "Error: Could not open file `/dev/i2c-1': Permission denied\natca init 0xE1\n",
            _C.PORT_ACCESS, certain=True),
    LogCase("a wake that was too long ago", "ATECC608A data sheet, watchdog",
            "I (10000) app: atcab_wakeup ok\nI (10020) app: nonce ok\nE (12450) app: atcab_sign returned 0xE7\n",
            _C.WATCHDOG),
    LogCase("random numbers of an open chip", "ATECC608A data sheet, Random",
            "atcab_random: FF FF 00 00 FF FF 00 00 FF FF 00 00 FF FF 00 00\n", _C.NO_RANDOM),
    LogCase("a driver installed twice", "espressif/esp-idf, i2c.c",
            "E (812) i2c: i2c driver install error\nE (813) app: atcab_init -> 0xF0\nATECC608\n",
            _C.BUS_SHARED),
    LogCase("two masters", "STM32 HAL", "I2C error: arbitration lost\natcab_read_serial_number: ATCA_RX_FAIL\n",
            _C.BUS_SHARED, also=(_C.LINE_DAMAGED,)),
    LogCase("a key of limited use", "MicrochipTech/cryptoauthlib", "atcab_sign: status = 0xFC\n", _C.USED_UP),
    LogCase("a damaged line", "MicrochipTech/cryptoauthlib", "calib_read.c:88:e5:calib_read_zone\nret: "
                                                             "0xE5\n", _C.LINE_DAMAGED),
    LogCase("a broken chip", "MicrochipTech/cryptoauthlib", "atcab_selftest status 0xD7\n", _C.CHIP_DEFECT),
    LogCase("another part than said", "MicrochipTech/cryptoauthlib", "atcab_aes_encrypt: "
                                                                     "ATCA_BAD_OPCODE\n", _C.WRONG_PART),
    LogCase("the 7-bit address for cryptoauth_test", "MicrochipTech/cryptoauthlib #317",
            i2cdetect(0x60) + "$ ./cryptoauth_test sernum -d ecc608 -i i2c -a 60\natcab_init() failed: F0\n",
            _C.ADDRESS_FORM, never=(_C.NOTHING_ON_BUS,)),
    LogCase("the right address for cryptoauth_test", "MicrochipTech/cryptoauthlib #352",
            i2cdetect(0x60, 0x70) + "$ cryptoauth_test info -d ecc608 -i i2c 1 -a 0xc0\n"
            "calib/calib_read.c:98:f0:calib_read_zone - execution failed\natcab_init() failed: 0xF0\n",
            _C.HAL_NOT_READY, also=(_C.PORT_ACCESS, _C.WAKE_FAILED),
            never=(_C.ADDRESS_FORM, _C.ADDRESS_MOVED, _C.NOTHING_ON_BUS)),
    LogCase("a scanner of Wire", "esp32.com 28576",
            "ATECC608 test\nScanning...\nADDRESS=96 -- ERROR=2\nADDRESS=97 -- ERROR=2\nNo I2C devices found\n",
            _C.NOTHING_ON_BUS, also=(_C.WAKE_FAILED,), never=(_C.ZONES_LOCKED,)),
    LogCase("codes of another TLS library", "espressif/ESP8266_RTOS_SDK #461",
            "E (10843) esp-tls: mbedtls_ssl_handshake returned -0x7200\nE (10853) esp-tls: Failed to open new "
            "connection\nwolfSSL Error(-4)\n",
            _C.NETWORK, never=(_C.USED_UP,)),
    LogCase("codes of the AWS SDK", "espressif/esp-aws-iot #26",
            "E (5340) subpub: Error(-23) connecting to endpoint:8883\naws_iot: failed\n",
            _C.NETWORK, never=(_C.LINE_DAMAGED,)),
    LogCase("a code of PSA", "ARMmbed/mbed-os-example-atecc608a #34",
            "Exporting a public key from private key in slot 2... Done.\n"
            "Importing public key to slot 3... Failed! Error -134.\n",
            _C.NOT_BUILT_IN, also=(_C.REFUSED,)),
    LogCase("a return value of PKCS #11", "MicrochipTech/cryptoauthlib #161",
            "C_Initialize\nIN: pInitArgs = NULL\nC_Initialize = CKR_DEVICE_ERROR\n"
            "p11-kit: cryptoauthlib: module failed to initialize\n",
            _C.NOTHING_ON_BUS, also=(_C.HAL_NOT_READY,)),
    LogCase("a sentence of p11-kit", "MicrochipTech/cryptoauthlib #161",
            "p11-kit: cryptoauthlib: module failed to initialize: An error occurred on the device\n",
            _C.NOTHING_ON_BUS),
    LogCase("a sentence of GnuTLS", "MicrochipTech/cryptoauthlib #208",
            "|<2>| p11: Initializing module: /usr/lib/libcryptoauth.so\npkcs11_add_provider: PKCS #11 error in device\n"
            "Setting log level to 9999\n", _C.NOTHING_ON_BUS),
    LogCase("an assertion of info.py", "MicrochipTech/cryptoauthlib #92",
            "  File \"info.py\", line 23, in info\n    assert atcab_init(cfg) == ATCA_STATUS.ATCA_SUCCESS\n"
            "AssertionError\n", _C.HAL_NOT_READY, also=(_C.WAKE_FAILED,)),
    LogCase("a name of the old library", "MicrochipTech/cryptoauthlib #293",
            "c508m_lock_zone_config() returned C508_BAD_CRC\n", _C.LINE_DAMAGED),
    LogCase("an apostrophe in NACK", "adafruit/Adafruit_Blinka #262",
            "  File \"adafruit_atecc.py\", line 134, in __init__\n    self.wakeup()\n"
            "RuntimeError: I2C slave address was NACK'd\n", _C.WAKE_FAILED, also=(_C.NOTHING_ON_BUS,)),
    LogCase("an atom of Elixir", "nerves-hub/nerves_hub_link #52",
            "   {{:badmatch, {:error, :execution_error}},\n    [{NervesKey, :device_cert, 2, []}]}\n", _C.ZONES_OPEN,
            also=(_C.REFUSED,)),
    LogCase("a sentence of ArduinoECCX08", "arduino-libraries/ArduinoECCX08 #24",
            "Would you like to generate a new private key? (Y/n) [Y]: Y\nError starting self signed cert generation!\n",
            _C.REFUSED),
    LogCase("a sentence of SparkFun's library", "sparkfun/SparkFun_ATECCX08a_Arduino_Library #10",
            "Device not found. Check wiring.\n", _C.NOTHING_ON_BUS, also=(_C.WAKE_FAILED,)),
    LogCase("a result of SparkFun's library", "sparkfun/SparkFun_ATECCX08a_Arduino_Library #13",
            "ATECC508A loadTempKey: true\nsignTempKey(0): false\n", _C.READ_TOO_EARLY, also=(_C.REFUSED,)),
    LogCase("seven bits for eight to atecc-util", "wirenboard/atecc-util #7",
            i2cdetect(0x31, 0x60) + "$ atecc -b 0 -s 0x60 -c info\nCommand atcab_info is failed with status f0\n",
            _C.ADDRESS_FORM, never=(_C.NOTHING_ON_BUS,)),
    LogCase("a test that needs an open zone", "RIOT-OS/RIOT #18137",
            "cryptoauthlib/test/atca_tests_write.c:294::IGNORE: Data zone must be unlocked for this test.\n",
            _C.ZONES_LOCKED),
    LogCase("a symbol that the library does not have", "MicrochipTech/cryptoauthtools #31",
            "ValueError: /lib/libcryptoauth.so: undefined symbol: cfg_ateccx08a_i2c_default\n", _C.NOT_BUILT_IN),
    LogCase("an interface that was not built in", "MicrochipTech/cryptoauthlib #237",
            "cryptoauthlib.exceptions.UnsupportedInterface: cfg_ateccx08a_i2c_default is not supported by this version "
            "of the library\n", _C.NOT_BUILT_IN, certain=True),
    LogCase("a decimal code of atcacert", "MicrochipTech/cryptoauthlib #215",
            "atcacert_decode_pem_cert() function return with status: 4\n", _C.WRONG_ARGUMENT, also=(_C.OTHER_VARIANT,)),
    LogCase("a type that Python does not take", "adafruit/Adafruit_CircuitPython_ATECC #23",
            "  File \"adafruit_atecc/adafruit_atecc_asn1.py\", line 125, in get_name\n    data.extend(name)\n"
            "TypeError: 'str' object cannot be interpreted as an integer\n", _C.WRONG_ARGUMENT),
    LogCase("a token that is not initialized", "MicrochipTech/cryptoauthlib #141",
            "pkcs11-tool --module=/usr/lib/libcryptoauth.so -L\n  token state:   uninitialized\n"
            "error: PKCS11 function C_InitToken failed: rv = CKR_FUNCTION_FAILED (0x6)\n", _C.ZONES_OPEN),
    LogCase("a number of MQTT that is no code of the library", "forums.freertos.org 17293",
            "I (72820) esp-tls-mbedtls: Initialize the ATECC interface...\n"
            "E (74490) coreMQTT: MQTT connection failed with status = MQTTRecvFailed.\n"
            "E (74490) coreMQTT: Connection with MQTT broker failed with status 4.\n",
            _C.CLIENT_REJECTED, never=(_C.WRONG_ARGUMENT,)),
    LogCase("a trace with eight digits", "espressif/esp-cryptoauthlib #18",
            "lib/calib/calib_execution.c:421:ffffffed:rxdata is small buffer\n", _C.WRONG_ARGUMENT),
    LogCase("a timeout of Rust's crate", "NebraLtd/hm-diag #264",
            "gateway_mfr: ecc608 error\nCaused by:\n    timeout/retry error\n", _C.NOTHING_ON_BUS,
            also=(_C.WAKE_FAILED,)),
    LogCase("AES that the chip does not know", "MicrochipTech/cryptoauthlib #56",
            "atcab_aes_encrypt failed: ATCA_PARSE_ERROR\n", _C.AES_OFF, also=(_C.ZONES_OPEN, _C.ILLEGAL_COMMAND)),
    LogCase("AES by its number", "MicrochipTech/cryptoauthlib #340",
            "AES encrypt, status: 0xD2\n", _C.AES_OFF, also=(_C.ZONES_OPEN,)),
    LogCase("a module that is none", "MicrochipTech/cryptoauthlib #319",
            "dlsym: /usr/lib/libcrypto_auth.so: undefined symbol: C_GetFunctionList\n",
            _C.MODULE_UNUSABLE, never=(_C.NOT_BUILT_IN,), certain=True),
    LogCase("a module that does not load", "MicrochipTech/cryptoauthlib #384",
            "Unable to load module /usr/lib/libcryptoauth.so\nPKCS11_get_private_key returned NULL\n"
            "error:40000009:PKCS#11 module:ERR_CKR_error:Cannott lock\n", _C.MODULE_UNUSABLE),
    LogCase("locks that the module does not offer", "aws/aws-iot-device-sdk-java-v2 #293",
            "C_Login() failed. PKCS#11 error: CKR_CANT_LOCK (0x0000000A)\n", _C.MODULE_UNUSABLE),
    LogCase("a signature through OpenSSL's engine", "eclipse-mosquitto/mosquitto #1986",
            "OpenSSL Error[0]: error:82068006:PKCS#11 module:pkcs11_ecdsa_sign:Function failed\n",
            _C.REFUSED, also=(_C.ZONES_OPEN,)),
    LogCase("no certificate object", "MicrochipTech/cryptoauthlib #172",
            "p11tool --export-chain 'pkcs11:object=device;type=cert'\n"
            "Error in pkcs11_export_chain:610: The requested data were not available.\n", _C.OTHER_VARIANT),
    LogCase("an unlocked chip and Rust's crate", "NebraLtd/hm-diag #264",
            '{"output": "ok", "result": "pass", "test": "serial"},\n'
            '{"output": "unlocked", "result": "fail", "test": "zone_locked(data)"},\n'
            '{"output": "ecc608 error: ecc error ExecError", "result": "fail", "test": "sign(0)"}\n',
            _C.ZONES_OPEN, also=(_C.REFUSED,), never=(_C.NOTHING_ON_BUS,)),
    LogCase("a key in another form", "helium/gateway-mfr-rs #8",
            "$ ./gateway_mfr key 0\nError: decode error\nCaused by:\n    not a compact key\n", _C.KEY_FORM),
    LogCase("an address beside the usual one", "NebraLtd/helium-syncrobit #2",
            "$ gateway_mfr key\nError: ecc608 error\nCaused by:\n    timeout/retry error\n"
            "$ gateway_mfr --device ecc://i2c-1:88?slot=0 key\n", _C.ADDRESS_MOVED, also=(_C.NOTHING_ON_BUS,)),
    LogCase("an assertion of Unity in three lines", "MicrochipTech/cryptoauth-openssl-engine #7",
            "atcatls_tests.c\n:233:test_atcatls_sign\n:FAIL\n: Expected \n0 Was \n244\n", _C.REFUSED),
    LogCase("packets of an engine", "MicrochipTech/cryptoauth-openssl-engine #31",
            "I2C wake\nI2C W: 03 07 40 00 00 00 00 05\nI2C R: 04 0F 23 42 FF FF FF FF\n"
            "Error allocating keygen context\n", _C.REFUSED),
    LogCase("a port that is held", "esp32.com 36726",
            "  File \"secure_cert_mfg.py\", line 123, in main\n"
            "serial.serialutil.SerialException: could not open port 'COM7': PermissionError(13)\n",
            _C.PORT_ACCESS, certain=True),
    LogCase("wolfSSL with a number of its own", "wolfssl.com, topic 1396",
            "ATECC mode of wolfSSL fails with error -248\n", _C.REFUSED, also=(_C.ZONES_OPEN,)),
    LogCase("wolfSSL with both numbers", "wolfssl.com, topic 1396",
            "wolfSSL_connect failed with error -248 (0xF4 in cryptoauthlib)\n", _C.REFUSED),
    LogCase("secrets that differ", "wolfSSL/wolfssl #1793",
            "ATECC508A: handshake failed, Alert (bad record mac)\n", _C.SECRETS_DIFFER),
    LogCase("a test of ECDH", "RIOT-OS/RIOT #18137",
            "cryptoauthlib_test: ECDH shared secret mismatch\n", _C.SECRETS_DIFFER),
    LogCase("a cloud that says no", "forum.cesanta.com 259",
            "mos aws-iot-setup\nError: AccessDeniedException: User: arn:aws:iam::1:user/a is not authorized\n",
            _C.CLOUD_PERMISSION, certain=True),
    LogCase("a program that breaks its own stack", "hub.mender.io 7465",
            'openssl ec -engine pkcs11 -in "pkcs11:token=MCHP;object=device;type=private" -inform engine -pubin\n'
            'Engine "pkcs11" set.\nread EC key\n*** stack smashing detected ***: terminated\n',
            _C.PROGRAM_CRASHED, certain=True),
    LogCase("a board whose supply breaks down", "the message of ESP-IDF's brownout_hal",
            "I (312) i2c: atecc608 init\nBrownout detector was triggered\n", _C.SUPPLY_LOW, certain=True),
    LogCase("a chip at an address of its own", "adafruit/Adafruit_CircuitPython_ATECC #16",
            "ValueError: No I2C device at address: 60\n" + i2cdetect(0x10), _C.ADDRESS_MOVED,
            also=(_C.NOTHING_ON_BUS,)),
    LogCase("a token that is listed and cannot be initialised", "MicrochipTech/cryptoauthlib #95",
            "p11tool --list-all\n  URL: pkcs11:model=ATECC608A;manufacturer=Microchip%20Technology%20Inc;"
            "serial=9361D65F12F4;token=0123EE;object=device;type=private\nInitializing token...\n"
            "Error in pkcs11_init:1439: PKCS #11 error.\n", _C.REFUSED, also=(_C.ZONES_OPEN,),
            never=(_C.NOTHING_ON_BUS, _C.WAKE_FAILED, _C.ADDRESS_MOVED, _C.HAL_NOT_READY)),
    LogCase("a token that is not initialised", "MicrochipTech/cryptoauthlib #161",
            "p11tool --list-tokens\n  URL: pkcs11:model=ATECC608A;manufacturer=Microchip%20Technology%20Inc;"
            "serial=C2D1F027997E;token=0123EE\n  Flags: RNG, Requires login, Uninitialized, uPIN uninitialized\n",
            _C.ZONES_OPEN, never=(_C.NOTHING_ON_BUS,)),
    LogCase("a controller of Linux that hears no acknowledge", "the message of i2c-algo-bit",
            "i2c i2c-1: sendbytes: NAK bailout.\nwrite: Input/output error\n", _C.NOTHING_ON_BUS,
            also=(_C.WAKE_FAILED,)),
    LogCase("a key that is none of the curve", "m5stack/Core2-for-AWS-IoT-Kit #46",
            "aws_iot: Attempting to use device certificate from ATECC608\n"
            "aws_iot: failed! mbedtls_ssl_handshake returned -0x4c80\n", _C.WRONG_ARGUMENT, also=(_C.REFUSED,)),
    LogCase("an answer that was cut", "arduino-libraries/ArduinoECCX08 #24",
            "Error starting self signed cert generation!\nreceiveResponse() fails at crc16() in ECCX08.cpp\n",
            _C.READ_TOO_EARLY, also=(_C.REFUSED, _C.LINE_DAMAGED)),
    LogCase("an empty answer", "dmazzella/ucryptoauthlib #2",
            "<ATCAPacket txsize=7 opcode=0x30 param1=0x00 param2=0x0000 request_data= response_data= "
            "device=ATECC508A>\n", _C.READ_TOO_EARLY, also=(_C.WAKE_FAILED,)),
    LogCase("a device identifier that is not there", "forum.arduino.cc 1157878",
            "_crypto.readDeviceId(...) failed.\n", _C.ZONES_OPEN, also=(_C.REFUSED, _C.NOTHING_ON_BUS)),
    LogCase("an element that does not start", "m5stack/M5Unified #35",
            "ATECC608 secure element failed to start.\n", _C.NOTHING_ON_BUS, also=(_C.WAKE_FAILED, _C.ADDRESS_MOVED)),
    LogCase("a certificate that an unknown program cannot get", "MicrochipTech/cryptoauth-openssl-engine #12",
            "ATECCX08: eccx08_cmd_ctrl(): error in atcatls_get_cert\n", _C.OTHER_VARIANT, also=(_C.ZONES_OPEN,)),
    LogCase("a signature that an unknown program cannot make", "a question about SparkFun's library",
            "createSignature() failed\n", _C.REFUSED, also=(_C.READ_TOO_EARLY,)),
    LogCase("a state of SparkFun's example, then nothing", "sparkfun/SparkFun_ATECCX08a_Arduino_Library #2",
            "Serial Number: \t012312345678ABCDEE\nRev Number: \t00005000\nConfig Zone: \tLocked\n"
            "Data/OTP Zone: \tLocked\nData Slot 0: \tLocked\n", _C.REFUSED, also=(_C.READ_TOO_EARLY,),
            never=(_C.NOTHING_ON_BUS, _C.WAKE_FAILED)),
    LogCase("an open state of SparkFun's example", "sparkfun/SparkFun_ATECCX08a_Arduino_Library #22",
            "Serial Number: \t012312345678ABCDEE\nConfig Zone: \tNOT Locked\nData/OTP Zone: \tNOT Locked\n"
            "Sign failed\n", _C.ZONES_OPEN, never=(_C.NOTHING_ON_BUS,)),
    LogCase("an HAL of STM32 at the wake", "community.st.com",
            "HAL_I2C_Master_Transmit(&hi2c1, 0xC0, tx, 4, 1000) = HAL_ERROR, ATECC508A\n",
            _C.WAKE_FAILED, also=(_C.NOTHING_ON_BUS,)),
    LogCase("a read before the data lock", "avrfreaks.net, how to read slots",
            "atcab_read_zone: ATCA_EXECUTION_ERROR (data zone not locked)\n", _C.ZONES_OPEN, also=(_C.REFUSED,)),
    LogCase("AES a line before its code", "MicrochipTech/cryptoauthlib #56",
            ">>> atcab_aes_encrypt(4, 0, plain, cipher)\nATCA_PARSE_ERROR (0xD2)\n", _C.AES_OFF,
            also=(_C.ZONES_OPEN, _C.ILLEGAL_COMMAND)),
    LogCase("the count of an answer and no more", "helium/gateway-mfr-rs #16",
            "gateway_mfr info\nrx 0x07\nCaused by:\n    timeout/retry error\n", _C.READ_TOO_EARLY),
    LogCase("a handshake in decimal", "Azure/azure-iot-sdk-c #1754",
            "Failure ssl handshake -9984\n", _C.SERVER_CA, also=(_C.CLOCK_NOT_SET,)),
    LogCase("a number of an MQTT client beside the chip's", "arendst/Tasmota #14624",
            "Connect failed to x.azure-devices.net:8883, rc -2. Retry in 10 sec\natcab_init: status 0xF0\n",
            _C.NOTHING_ON_BUS, never=(_C.WRONG_ARGUMENT,)),
)  # fmt: skip

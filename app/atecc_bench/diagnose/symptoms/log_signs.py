"""Words in logs that speak for a cause.

Each sign is what some driver or library prints, not what a person writes about it.
"""

import re
from dataclasses import dataclass

from atecc_bench.diagnose.codes.log_causes import LogCauseId

_C = LogCauseId


@dataclass(frozen=True)
class LogSign:
    """Words that speak for causes, the likeliest first.

    `weight` says how much, from 1 to 6; `says_so` that the line names the cause itself; `ends_any` that the line ends a
    connection whatever broke it off, so it says nothing once a handshake has failed.
    """

    pattern: re.Pattern[str]
    causes: tuple[LogCauseId, ...]
    weight: float
    says_so: bool = False
    ends_any: bool = False


def _sign(pattern: str, weight: float, *causes: LogCauseId, says_so: bool = False, ends_any: bool = False) -> LogSign:
    return LogSign(re.compile(pattern, re.IGNORECASE), causes, weight, says_so, ends_any)


WORTH_A_LOOK = re.compile(
    r"assert|"
    r"fail|err|nac?k|no ack|acknowledg|unable|could ?n|cannot|can't|not |no |n't|busy|lost|denied|unsupported|unknown|"
    r"undefined|exceeds|stuck|low|clock|time|crc|wake|lock|ff.{0,6}ff|watchdog|miscompare|adafruit|"
    r"\bin |after|since|once|"
    r"mismatch|\brx\b|receiv|read|differ|module|--device|response_data|device_cert|_crypto\.|parse_?error|0xd2|record.mac|compact|denied|not.available|never|"
    r"smash|fault|core|corrupt|guru|prohibited|brown|under-?volt|free|"
    r"blank|token|nerves|decode|must|false|tng|trust|cert|alert|fatal|1970|memory|overflow|alloc|unlock|require",
    re.IGNORECASE,
)
"""What every line with a sign has in it; a log is mostly other lines."""

SIGNS: tuple[LogSign, ...] = (
    # The interface
    _sign(
        r"failed to configure hal|hal (?:is )?not (?:init|configured)|(?:i2c|hal)[ _]?(?:driver "
        r")?init\w*[ :_]*(?:has )?fail"
        r"|i2c(?:_driver_install|_param_config|_new_master_bus|_master_bus_add_device)\b.{0,60}(?:fail|error"
        r"|invalid|not )"
        r"|bus not (?:init|opened)|\b(?:phy|hal)init\b.{0,20}fail|failed to read clock-frequency property"
        r"|failed to open i2c|i2c bus (?:is )?null|driver not installed|i2c number error|ioctl i2c_slave",
        5.5,
        _C.HAL_NOT_READY,
        says_so=True,
    ),
    _sign(r"(?:permission denied|eacces|operation not permitted).{0,80}i2c|i2c.{0,80}(?:permission denied|eacces)", 6,
          _C.PORT_ACCESS, says_so=True),
    _sign(r"i2c-?\d*.{0,40}no such file|no such file.{0,40}i2c", 6, _C.PORT_ACCESS, says_so=True),
    _sign(r"device or resource busy|\bebusy\b|conflict! driver_ng|i2c driver (?:install error|already)|already in use"
          r"|address already (?:claimed|registered)", 5, _C.BUS_SHARED),
    _sign(r"arbitration (?:was )?lost|lost arbitration|\bi2c.{0,30}\b(?:al"
          r"|arblst)\b", 5.5, _C.BUS_SHARED, _C.LINE_DAMAGED),
    _sign(r"unsupportedinterface|not supported by this version of the library", 6, _C.NOT_BUILT_IN, says_so=True),
    _sign(r"\btimeout/retry error", 4, _C.NOTHING_ON_BUS, _C.WAKE_FAILED, _C.READ_TOO_EARLY),  # Rust's ecc608 crate
    _sign(r"--device ecc:(?://)?i2c-?\d+:(?!96\b)\d+", 4.3, _C.ADDRESS_MOVED),
    _sign(r"could not open port|failed to open (?:serial )?port|serialexception", 5.5, _C.PORT_ACCESS, says_so=True),
    _sign(r"undefined symbol:? C_GetFunctionList|(?:not a|no) pkcs ?#?11 module", 6, _C.MODULE_UNUSABLE, says_so=True),
    _sign(r"(?:unable|failed|could not|cannot) (?:to )?(?:dl)?(?:open|load).{0,25}(?:module|libcryptoauth"
          r"|provider)", 4.2, _C.MODULE_UNUSABLE, _C.HAL_NOT_READY),
    _sign(r"accessdenied(?:exception)?\b.{0,160}(?:arn:|user)|not authorized to perform:? ?iot:"
          r"|notauthorizedexception", 7, _C.CLOUD_PERMISSION, says_so=True),
    _sign(r"trust ?(?:&|and|n)? ?(?:go|flex).{0,80}(?:cannot|can't|can not|could not|are not|is not) (?:be )?"
          r"(?:read|found|detected|reached)", 5, _C.ADDRESS_MOVED, _C.OTHER_VARIANT),
    _sign(r"i2c_func_i2c not supported", 6, _C.NOT_BUILT_IN, says_so=True),
    _sign(r"(?:undefined (?:reference|symbol)(?!:? C_GetFunctionList)"
          r"|unknown (?:device|interface) type|unsupported device|not compiled|not "
          r"(?:implemented|built in))",
          3.5, _C.NOT_BUILT_IN),
    _sign(r"exceeds maximum supported clock frequency", 6, _C.WRONG_ARGUMENT, says_so=True),
    # The bus
    _sign(r"wake[ -]?_?up (?:has )?(?:failed|error|failure|timeout|timed out|not successful|nack)"
          r"|(?:fail(?:ed|s|ure)?|unable|could not|couldn't|cannot|can't|not able|error) (?:to |in )?wak(?:e|ing)"
          r"|wake[ -]?failed|failed to wake|does ?n.t wake|not wak(?:e|ing) up|atca_wake_failed|device wake failed"
          r"|error (?:while|when|during) wak|wakeup crc failure", 5.5, _C.WAKE_FAILED, _C.NOTHING_ON_BUS),
    _sign(r"no eccx08 present|no ecc?x08|failed to communicate with (?:the )?ecc[x56]08|eccx08(?:\.begin)?(?:\(\))? "
          r"?(?:failed|error)"
          r"|no i2c devices? (?:were )?found|no devices? found on (?:the )?(?:i2c|bus)"
          r"|device not found\.? check wiring|no i2c device at (?:address:? ?)?(?:0x)?(?:60|35|36)"
          r"|failed to find 608 or 508|no (?:atecc|secure element|crypto ?chip)\w* (?:found|detected|present)"
          r"|(?:atecc\w*|secure element|crypto ?chip|ecc ?chip) (?:was )?not (?:found|detected|responding|present)"
          r"|failed to (?:communicate|connect|initiali[sz]e) (?:(?:with|to) )?(?:the )?"
          r"(?:ecc|atecc|crypto ?chip|secure)"
          r"|_crypto\.begin\(", 5, _C.NOTHING_ON_BUS,
          _C.WAKE_FAILED, _C.ADDRESS_MOVED),
    # The chip was opened before: with open zones, or a slot that was never written, nothing is read out of it
    _sign(r"_crypto\.(?:readdeviceid|readcertificate|readslot)\(", 4.2, _C.ZONES_OPEN, _C.REFUSED, _C.NOTHING_ON_BUS),
    _sign(r"assert (?:atca\.)?atcab_init\(", 4, _C.HAL_NOT_READY, _C.WAKE_FAILED, _C.NOTHING_ON_BUS),
    _sign(r"hal_i2c_\w+\(.{0,80}hal_(?:error|timeout)|never acknowledg", 3.6, _C.WAKE_FAILED, _C.NOTHING_ON_BUS,
          _C.ADDRESS_FORM),
    # One byte, the count of an answer, and nothing behind it
    _sign(r"\b(?:rx|receiv\w*|read)\b[^0-9]{0,12}(?:0x60r?,? )?0x(?:04|07|23|43)\s*$", 5.4, _C.READ_TOO_EARLY),
    # The digest went in; only the longest command of the three gives nothing
    _sign(r"signtempkey\W.{0,20}\bfalse\b", 3.8, _C.READ_TOO_EARLY),
    _sign(r"response_data=\s*(?:b''\s*)?device=", 3.6, _C.READ_TOO_EARLY, _C.WAKE_FAILED, _C.NOTHING_ON_BUS),
    _sign(r"crc16\(\)|receiveresponse\(\)|(?:answer|response|reply) (?:is |was )?(?:too short|incomplete"
          r"|cut|empty)", 4.8, _C.READ_TOO_EARLY, _C.LINE_DAMAGED),
    _sign(r"\bnack(?:ed|'d)?\b|\bnak bailout|no ack(?:nowledge\w*)?\b|not acknowledged"
          r"|unexpected nack|remote i/o error|no such "
          r"device or address"
          r"|\berrno (?:5|6|19|121)\b|\[errno (?:5|6|19"
          r"|121)\]", 3.5, _C.NOTHING_ON_BUS, _C.WAKE_FAILED, _C.ADDRESS_FORM),
    _sign(r"no pull ?-?ups? (?:were )?found|(?:missing|without|no) (?:external |hardware )?(?:i2c )?pull-?ups?", 6,
          _C.LINE_DAMAGED, says_so=True),
    _sign(r"(?:sda|scl|bus).{0,20}(?:stuck|held low|is low)|bus (?:is )?busy|clock stretch\w* time|i2c (?:bus "
          r")?time(?:d )?out",
          4, _C.LINE_DAMAGED, _C.NOTHING_ON_BUS, _C.BUS_SHARED),
    _sign(r"\bcrc (?:mismatch|error|failed|failure|check failed|is wrong)|bad crc|wrong crc|invalid "
          r"crc", 3.5, _C.LINE_DAMAGED,
          _C.WAKE_FRAME_READ, _C.REFUSED),
    _sign(r"(?:got|receiv|read|answer|respon|return|always).{0,60}wake[ -]?up (?:frame|token"
          r"|response)", 5, _C.WAKE_FRAME_READ),
    # The chip's state
    _sign(r"configuration or data and otp zones are unlocked|(?:eccx08|chip|device) is not locked!", 5.5, _C.ZONES_OPEN,
          says_so=True),
    _sign(r"\b(?:config\w*|data)(?: zone)? (?:is |are |was )?(?:still )?(?:not locked|unlocked)", 4.8, _C.ZONES_OPEN),
    _sign(r"(?:zone|chip|device|eccx08|atecc\w*) (?:is |are )?(?:not locked|unlocked)|not locked!|lock it first"
          r"|unlocked!",
          4.0, _C.ZONES_OPEN),
    _sign(r"\b(?:config\w*|data)(?: and otp)? zones? must be locked", 4.5, _C.ZONES_OPEN),
    _sign(r"\b(?:config\w*|data)(?: and otp)? zones? must be unlocked", 4.5, _C.ZONES_LOCKED),
    _sign(r"aes\w*.{0,60}(?:parse_?error|\bd2\b|0xd2\b)|(?:parse_?error|0xd2\b).{0,60}\baes"
          r"|aes.{0,30}(?:answer|return|status|got)\w* (?:0x)?03\b", 5.2, _C.AES_OFF, _C.ZONES_OPEN,
          _C.ILLEGAL_COMMAND),
    _sign(r"not a compact key|compact key (?:error|expected)", 5, _C.KEY_FORM),
    _sign(r"(?:ecdh|secret|premaster|pms).{0,60}(?:mismatch|differ|not (?:equal|the same)|do(?:es)? ?n.t match)"
          r"|mismatch.{0,40}(?:ecdh|secret)"
          r"|bad[ _]record[ _]mac", 4.6, _C.SECRETS_DIFFER, _C.WRONG_ARGUMENT),
    _sign(r"requested data were not available", 4.5, _C.OTHER_VARIANT),
    _sign(r"pkcs11_ecdsa_sign:|c_sign(?:init|final)? (?:failed|returned|= ckr_(?!ok))", 4.9, _C.REFUSED, _C.ZONES_OPEN),
    _sign(r"(?:createsignature|signtempkey|loadtempkey|createnewkeypair|writeconfigsparkfun|lockconfig|lockdataandotp)"
          r"\W.{0,20}\b(?:false|fail\w*)\b", 3.5, _C.REFUSED, _C.READ_TOO_EARLY, _C.ZONES_OPEN),
    _sign(r"verifysignature\W.{0,20}\b(?:false|fail\w*)\b|\bverification failure\b", 3.5, _C.WRONG_PROOF),
    _sign(r"(?:config\w*|data|chip|device|zone) (?:zone )?(?:is )?already locked", 3.5, _C.ZONES_LOCKED),
    _sign(r"(?:ff[ ,:-]*ff[ ,:-]*00[ ,:-]*00[ ,:-]*){2}|(?:0xff,? ?0xff,? ?0x00,? ?0x00,? ?){2}", 6, _C.NO_RANDOM),
    _sign(r"(?:chip|ecc|atecc\w*|atca\w*) watchdog|watchdog about to expire", 4.5, _C.WATCHDOG),
    _sign(r"\bexecution[ _]error\b|command execution (?:error|failed)", 4, _C.REFUSED),
    _sign(r"checkmac or verify miscompare", 5, _C.WRONG_PROOF, says_so=True),
    _sign(r"error (?:starting|generating|reading) (?:csr|self signed cert|public key|private key)|failed to "
          r"(?:generate|sign)",
          3.2, _C.REFUSED, _C.ZONES_OPEN, _C.READ_TOO_EARLY),
    # Functions of CircuitPython's driver in a traceback: Info is never refused, GenKey and Sign are
    _sign(r"adafruit_atecc\.py.{0,40}\bin (?:version|info|wakeup|idle"
          r"|__init__)\b", 5.2, _C.WAKE_FAILED, _C.WAKE_FRAME_READ),
    _sign(r"\.py.{0,40}\bin (?:gen_key|sign|ecdsa_sign|lock|_write|write_config|nonce)\b", 4.4, _C.REFUSED),
    _sign(r"(?:after|since|once) (?:i |we )?(?:writ|lock|configur|program|provision|chang\w+ (?:the )?(?:i2c "
          r")?addr)\w*.{0,90}"
          r"(?:not (?:found|detect|respond|answer|reach|visible|show)|disappear|no longer|gone|vanish|any ?more)"
          r"|blank.{0,120}\b(?:configured|locked)\b.{0,40}\b(?:not|fails?)", 5.6, _C.ADDRESS_MOVED),
    # Calls that no chip has seen
    _sign(r"\btypeerror: |decode_pem\w*\b.{0,60}\b(?:status|fail\w*|error|return\w*)\b", 5, _C.WRONG_ARGUMENT),
    # PKCS #11 of CryptoAuthLib before the data lock
    _sign(r"token state:\s+uninitiali[sz]ed|\bflags:.{0,60}, uninitiali[sz]ed\b", 5, _C.ZONES_OPEN),
    _sign(r"nerves_?key, :(?:device|signer)_cert|nerves_?key\.(?:device|signer)_cert", 5.2, _C.ZONES_OPEN),
    # Certificates of the variant
    _sign(r"fail\w*.{0,60}\b(?:tng\w*|tflx\w*|trust ?(?:&|and|n)? ?go)\b.{0,60}|\btng_\w+.{0,60}(?:fail|returned|error)"
          r"|failed to (?:get|obtain|read|parse|load|extract).{0,30}(?:device|signer|siger).{0,12}cert(?!ificate "
          r"of the server)"
          r"|wrong_cert_def|failed to parse cert from device|device type: trust\w*.{0,40}(?:fail"
          r"|mismatch)", 5, _C.OTHER_VARIANT),
    # TLS
    _sign(r"not correctly signed by the trusted ca|unable to get (?:local )?issuer certificate|self[- ]signed "
          r"certificate in"
          r"|(?:server|peer)(?:'s)? certificate (?:verif\w+ )?(?:fail|is not trusted|could not be verified)"
          r"|untrusted root"
          r"|certificate verif(?:y|ication) failed|no server verification option|verify peer "
          r"certificate", 6, _C.SERVER_CA),
    _sign(r"validity starts in the future|not yet valid|certificate validity has expired|certificate has expired"
          r"|badcert_(?:future|expired)|certificate expired", 6, _C.CLOCK_NOT_SET),
    _sign(r"(?:time|clock|rtc) (?:is |was )?not (?:yet )?set|\b(?:thu, )?0?1[ -]jan[ -]1970"
          r"|\b1970-01-01", 4.5, _C.CLOCK_NOT_SET),
    _sign(r"(?:alert|fatal|sslv3|tlsv1).{0,60}(?:unknown[ _]ca|bad[ _]certificate|certificate[ _]unknown"
          r"|access[ _]denied"
          r"|certificate[ _]required|decrypt[ _]error|unsupported[ _]certificate)|alert (?:number |type )?(?:42|43"
          r"|46|48|49|116)\b"
          r"|type: \[2:4[2-9]\]|not authori[sz]ed|connection refused, (?:not auth|bad user|identifier)"
          r"|invalid client certificate|client certificate (?:rejected|not (?:accepted|registered|trusted))"
          r"|x\.?509.{0,20}thumbprint|certificate is not (?:registered|active)", 6, _C.CLIENT_REJECTED),
    _sign(r"mqttrecvfailed|connack (?:recv|receive) failed|mqttserverrefused", 4.5, _C.CLIENT_REJECTED, _C.NETWORK),
    _sign(r"getaddrinfo|could ?n.t get hostname|dns (?:lookup )?fail|unknown host|network is unreachable|no route "
          r"to host"
          r"|failed to connect to host|connection timed? ?out|select\(\) "
          r"timeout", 4.5, _C.NETWORK),
    _sign(r"failed to open new connection", 4.5, _C.NETWORK, ends_any=True),
    _sign(r"stack smashing detected|segmentation fault|\bsigsegv\b|core dumped|double free|invalid next size"
          r"|guru meditation|(?:load|store|instrfetch)prohibited|\bhard ?fault\b|bus error|heap corruption"
          r"|corrupt heap", 5.4, _C.PROGRAM_CRASHED, says_so=True),
    _sign(r"brown-?out detector was triggered|undervoltage detected|under-voltage", 5.8, _C.SUPPLY_LOW, says_so=True),
    _sign(r"error in pkcs11_init|c_inittoken.{0,40}(?:fail|error|ckr_(?!ok))", 3.4, _C.REFUSED, _C.ZONES_OPEN,
          _C.NOTHING_ON_BUS),
    _sign(r"out of memory|malloc failed|alloc\w* failed|stack overflow|not enough memory|enomem", 5, _C.MEMORY),
)  # fmt: skip

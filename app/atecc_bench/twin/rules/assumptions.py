"""Assumptions of the twin where the public sources are silent.

Each with its reason.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """One behaviour that nobody documented.

    What the twin does, and why it does just that. `id` is stable: the silicon check and its reports name an assumption
    by it.
    """

    id: str
    subject: str
    behaviour: str
    why: str


ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption(
        "factory-configuration",
        "Configuration of an unused ATECC608A and ATECC508A",
        "What owners of such chips have published; byte 13 is 01 and 14 is 35 on the 608A, C0 and 59 on the 508A.",
        "Several dumps agree in bytes 16 to 127. Bytes 13 (608A: 01 or C1) and 14 differ from lot to lot.",
    ),
    Assumption(
        "trust-configurations",
        "Configuration of TrustFLEX and Trust&GO",
        "A published dump of an ATECC608A-TNGTLS and one of an ECC608-TFLXTLS of revision 00 00 60 03, here with the "
        "608A's 00 00 60 02; slots 10 to 12 of the TrustFLEX are those of a prototype: writable and lockable. Slot 5 "
        "of the Trust&GO is read in clear and never written: 0F 8F and 1C 00.",
        "The data sheets describe the settings in words. The dump has 8F 46 in slot 5, but with certificate template 3 "
        "the MAC address is read there.",
    ),
    Assumption(
        "trust-open-slots",
        "Slots of TrustFLEX and Trust&GO that the owner fills",
        "All bytes are FF until they are written.",
        "The data sheets do not say what they hold when the chip is sold.",
    ),
    Assumption(
        "torn-write",
        "A write torn by a loss of power",
        "Each byte of that write is the old or the new one; a private key or a lock byte no less than data.",
        "Nobody documents partial EEPROM writes. A host must expect both, and never a byte elsewhere.",
    ),
    Assumption(
        "wake-after-failed-self-test",
        "The answer to a wake after a failed self test",
        "04 07 C4 40, although C4 40 is not the CRC; answers to commands carry 07 with its CRC.",
        "CryptoAuthLib compares the four bytes; chips in that state are not at hand.",
    ),
    Assumption(
        "split-or-overlong-packet",
        "A command split over several I2C writes, or with bytes behind its CRC",
        "Answered with FF.",
        "The data sheet lets later writes go on in the input buffer. Hosts send a command in one; stricter is safe.",
    ),
    Assumption(
        "factory-slots-and-otp",
        "Factory contents of slots and OTP",
        "All bytes are FF.",
        "They cannot be read before the data lock; FF is erased EEPROM and never a valid private key.",
    ),
    Assumption(
        "slot-lock-needs-both-locks",
        "Locking a single slot",
        "Needs both zones locked.",
        "Published flows lock slots last; the stricter behaviour is safe to rely on.",
    ),
    Assumption(
        "genkey-without-pub-info",
        "GenKey for a private key with PubInfo 0",
        "Answers the public key this once; GenKey public is refused ever after.",
        "The answer of the command is the public key, and without it the new key would be of no use.",
    ),
    Assumption(
        "genkey-before-data-lock",
        "GenKey for a private key before the data lock",
        "WriteConfig is not asked.",
        "CryptoAuthLib's maintainers name it as the way to fill slots that are never to change afterwards.",
    ),
    Assumption(
        "no-private-key-status",
        "Signing or computing a public key without a private key",
        "Answered with 0F.",
        "Users report 0F from chips whose slot never had a key; 05 would invite a useless repetition.",
    ),
    Assumption(
        "lock-crc-mismatch",
        "A wrong CRC given with Lock",
        "Answered with 0F, nothing is locked.",
        "The packet itself is legal, so 03 does not fit.",
    ),
    Assumption(
        "ignored-address-bits",
        "32-byte Reads with word bits set, unused address bits set, param2 beside the no-CRC flag of Lock",
        "Answered with 03.",
        "CryptoAuthLib never sends them; ignoring them would hide a mistake.",
    ),
    Assumption(
        "fixed-config-blocks",
        "Writes of configuration blocks 0 and 2 as a whole",
        "Answered with 0F like the words in them that no Write changes.",
        "The data sheet names the bytes, not the status.",
    ),
    Assumption(
        "tempkey-after-sign-and-verify",
        "TempKey after Sign and Verify",
        "Cleared, also when the message digest buffer was the source.",
        "CryptoAuthLib loads it again each time; the stricter behaviour is safe to rely on.",
    ),
    Assumption(
        "seed-updates",
        "When Random and Nonce update the seed",
        "With every command in the updating mode.",
        "The data sheet speaks of the first one after each power-up, but leaves open whether later ones write.",
    ),
    Assumption(
        "key-valid-of-other-keys",
        "Info KeyValid of a slot that holds no P-256 key",
        "Answers 0.",
        "The data sheet defines the answer for P-256 keys only.",
    ),
    Assumption(
        "execution-times",
        "Execution times",
        "The longest time of the table, also for a refusal.",
        "Only longest times are published; hosts must be able to wait that long.",
    ),
    Assumption(
        "when-settings-take-effect",
        "Clock divider, watchdog setting and I2C address",
        "A changed configuration byte takes effect at once for the clock divider, at the next wake for the others.",
        "The data sheet only says that the byte decides.",
    ),
    Assumption(
        "partial-block-read",
        "A 32-byte Read of the last, partial block of a slot",
        "Accepted; zeros stand behind the end of the slot.",
        "CryptoAuthLib reads public keys so. What follows the last byte is published nowhere.",
    ),
    Assumption(
        "encrypted-block-write",
        "A 32-byte Write to an encrypted slot",
        "With its MAC; bit 6 of the zone may be set or not. Before the data lock bit 6 asks for encryption, with a "
        "MAC.",
        "CryptoAuthLib sets bit 6 always; its comments speak of it before the data lock only.",
    ),
    Assumption(
        "wrong-mac-status",
        "A wrong MAC with Write, PrivWrite or DeriveKey",
        "Answered with 0F, nothing is written, TempKey is cleared.",
        "The data sheet keeps 01 for CheckMac, Verify and SecureBoot.",
    ),
    Assumption(
        "priv-write-of-no-key",
        "PrivWrite of bytes that are no private key",
        "Answered with 05, nothing is written.",
        "No source says so, but a slot that cannot sign would be of no use.",
    ),
    Assumption(
        "priv-write-pad",
        "The four bytes before the private key in PrivWrite",
        "Not looked at in clear; encrypted they must be zeros, or nothing is written.",
        "Hosts send whatever their stack holds there in clear, and chips took the key; encrypted nobody was seen to.",
    ),
    Assumption(
        "write-invalidates-public-key",
        "A Write to a public key that needs validation",
        "Marks it as invalid (A in the first four bits), also before the data lock and when it is encrypted.",
        "CryptoAuthLib's tests find the mark after a Write in clear; the stricter behaviour is safe to rely on.",
    ),
    Assumption(
        "locks-of-other-commands",
        "Locks that other commands need",
        "MAC, GenDig and DeriveKey need the configuration lock; ECDH, KDF, SecureBoot, HMAC by SHA with a slot, GenDig "
        "of OTP, GenKey's digest of a stored key and validation need both; Counter, SHA and AES with TempKey none.",
        "What CryptoAuthLib's tests ask for; where they ask for nothing and the command guards nothing, nothing is "
        "asked.",
    ),
    Assumption(
        "gendig-other-data-ignored",
        "GenDig of a slot with four bytes of other data although the key may make MACs",
        "Accepted, the bytes are ignored.",
        "CryptoAuthLib always sends them.",
    ),
    Assumption(
        "req-random",
        "What ReqRandom asks for",
        "A random nonce in TempKey, for all commands that use TempKey with the key; MAC and CheckMac over a "
        "challenge from outside and HMAC by SHA are refused. Sign of the message digest buffer, ECDH, AES and KDF "
        "are not asked.",
        "The data sheet names GenKey, MAC, CheckMac, Sign, Verify, DeriveKey and GenDig. But TrustFLEX and Trust&GO "
        "ask it of slot 0, and CryptoAuthLib signs with that key through the buffer.",
    ),
    Assumption(
        "req-auth",
        "What ReqAuth guards and how long an authorization lasts",
        "Every use of the key and, after the data lock, reading and writing the slot. It lasts until sleep or the "
        "next CheckMac; only CheckMac mode 01, over a random nonce, gives one.",
        "Open firmware for this chip relies on the first; of the rest the strictest reading was taken.",
    ),
    Assumption(
        "use-lock",
        "UseLock",
        "When enabled, no key but the named one works, until CheckMac mode 01 has proved that one; sleep does not "
        "end that, loss of power does.",
        "The public text only says that a key in a slot unlocks the use of the others.",
    ),
    Assumption(
        "persistent-latch",
        "The persistent latch",
        "Clear when power comes, kept through sleep. Clearing is always allowed; setting needs a proof of the "
        "permission slot's key if that is enabled. It stops uses of a key, not reading or writing its slot.",
        "Microchip's example sets it after CheckMac and reads a stopped slot; the rest is the nearest reading.",
    ),
    Assumption(
        "intrusion-disable-508",
        "IntrusionDisable on the ATECC508A",
        "The latch is always clear, so such a key never works.",
        "The I2C parts have no pin that could set it.",
    ),
    Assumption(
        "what-counts-as-use",
        "What counts as a use of a key of limited use",
        "Sign, Verify, ECDH, AES, KDF, MAC, HMAC, GenDig, DeriveKey (of its source), SecureBoot with a signature, "
        "the start of an HMAC by SHA, and CheckMac whatever comes of it. GenKey and the message slot of HKDF do not"
        " count.",
        "CryptoAuthLib's test makes a key whose last use is then still to come.",
    ),
    Assumption(
        "slot-15-uses-508",
        "Limited use of slot 15 on the ATECC508A",
        "LastKeyUse decides, one bit a use from its first byte on; all other slots share counter 0.",
        "The data sheet gives slot 15 its own field and no order of bits.",
    ),
    Assumption(
        "count-match",
        "CountMatch",
        "The limit also stops the Counter command on counter 0.",
        "Only that signing stops is published; the stricter behaviour is safe to rely on.",
    ),
    Assumption(
        "update-extra",
        "UpdateExtra",
        "A byte is written while it is zero, in every lock state; the ATECC508A's Selector always, unless ChipMode "
        "says once.",
        "CryptoAuthLib writes both bytes before the configuration lock; the data sheet describes the time after it.",
    ),
    Assumption(
        "otp-mode-reserved",
        "OTPmode values that are reserved",
        "As legacy mode: nothing is written, the first two words cannot be read.",
        "The stricter behaviour is safe to rely on.",
    ),
    Assumption(
        "what-uses-tempkey-up",
        "What uses TempKey up",
        "MAC, HMAC, CheckMac with TempKey, encrypted Read, Write and PrivWrite, DeriveKey, ECDH, Sign, Verify, and "
        "SecureBoot with an encrypted digest. AES, KDF, GenDig, GenKey and Nonce leave it valid.",
        "CryptoAuthLib's host side says so of most, and its tests use TempKey again after AES and KDF.",
    ),
    Assumption(
        "private-key-in-tempkey",
        "A private key that GenKey put into TempKey",
        "Only GenKey Public and ECDH take it, and ECDH uses it up.",
        "Everything else would give it away or make no sense.",
    ),
    Assumption(
        "sha-lifetime",
        "A SHA computation",
        "Ended by any other command and by sleep. On the ATECC508A its start clears TempKey.",
        "The context can be taken out and put back because it does not last; the stricter behaviour is safe to rely"
        " on.",
    ),
    Assumption(
        "sha-update-length",
        "Param2 of SHA Update on the ATECC608",
        "Not compared with the length of the data.",
        "One published run of an ATECC608A sent another length there and got the digest of the bytes in the packet.",
    ),
    Assumption(
        "validate-external",
        "Validation of a public key by SHA and Verify ValidateExternal",
        "SHA Public must have hashed the key of that slot. X509format is block of the key (low half) and blocks of "
        "the certificate (high half), a begun block counted whole; when it is not zero, only this way validates.",
        "The data sheet gives the two numbers without an example.",
    ),
    Assumption(
        "sign-internal-source",
        "Sign Internal",
        "Only of TempKey made by GenDig of a slot or by GenKey.",
        "Its message describes that slot.",
    ),
    Assumption(
        "ecdh-target",
        "Where ECDH puts its secret",
        "Into slot N|1 only from an even slot N with ReadKey bit 3; such a key never answers it. WriteConfig of the"
        " target is not asked, its own lock is.",
        "The data sheets describe bit 3 so; combinations with the modes of the ATECC608 are not published.",
    ),
    Assumption(
        "output-protection-3",
        "ECDH and KDF protection 3",
        "As 2, forbidden.",
        "The value is reserved.",
    ),
    Assumption(
        "kdf-slots",
        "Slots that KDF may use",
        "From slots with an AES or other secret key; into such slots with PubInfo 1 and WriteConfig Always.",
        "An open driver checks this before it asks the chip; CryptoAuthLib's tests use no other slots.",
    ),
    Assumption(
        "kdf-results",
        "KDF",
        "HKDF is one HMAC with SHA-256 over the message; KDF AES answers one block and 16 zeros; the second half of"
        " an AEAD result is answered in clear, where the KDF protection allows that.",
        "CryptoAuthLib's tests show AES and PRF; nobody publishes an answer of HKDF or AEAD.",
    ),
    Assumption(
        "secure-boot-storage",
        "What SecureBoot stores",
        "FullCopy writes whatever WriteConfig says, unless the slot was locked on its own. FullBoth stores nothing.",
        "The slot is made for this command; locking a slot is for ever.",
    ),
    Assumption(
        "self-test-passes",
        "SelfTest",
        "All engines pass, except those that failed after the last wake.",
        "A twin has no engines that wear out.",
    ),
    Assumption(
        "chip-options-self-test",
        "ChipOptions: self test at wake, clearing of health test failures",
        "No effect of their own.",
        "A twin fails a self test only when a fault is switched on, and its random numbers pass every health test.",
    ),
    Assumption(
        "info-gpio",
        "Info GPIO",
        "Unknown mode, 03.",
        "The I2C parts have no such pin.",
    ),
    Assumption(
        "nonce-hashes-tempkey",
        "Nonce that hashes TempKey",
        "Needs a valid TempKey and keeps its flags.",
        "CryptoAuthLib's host side keeps them too.",
    ),
)

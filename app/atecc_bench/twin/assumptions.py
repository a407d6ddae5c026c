"""What the twin assumes where the public sources are silent, each with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """One behaviour that nobody documented: what the twin does, and why it does just that."""

    subject: str
    behaviour: str
    why: str


ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption(
        "Configuration of an unused ATECC608A and ATECC508A",
        "What owners of such chips have published; byte 13 is 01 and 14 is 35 on the 608A, C0 and 59 on the 508A.",
        "Several dumps agree in bytes 16 to 127. Bytes 13 (608A: 01 or C1) and 14 differ from lot to lot.",
    ),
    Assumption(
        "Configuration of TrustFLEX and Trust&GO",
        "A published dump of an ATECC608A-TNGTLS and one of an ECC608-TFLXTLS of revision 00 00 60 03, here with the "
        "608A's 00 00 60 02; slots 10 to 12 of the TrustFLEX are those of a prototype: writable and lockable.",
        "The data sheets describe the settings in words. Published configurations for this part that give slot 5 as "
        "C6 46 are meant to be written to blank chips; the dump has 8F 46.",
    ),
    Assumption(
        "Slots of TrustFLEX and Trust&GO that the owner fills",
        "All bytes are FF until they are written.",
        "The data sheets do not say what they hold when the chip is sold.",
    ),
    Assumption(
        "A write torn by a loss of power",
        "Each byte of that write is the old or the new one; a private key or a lock byte no less than data.",
        "Nobody documents partial EEPROM writes. A host must expect both, and never a byte elsewhere.",
    ),
    Assumption(
        "The answer to a wake after a failed self test",
        "04 07 C4 40, although C4 40 is not the CRC; answers to commands carry 07 with its CRC.",
        "CryptoAuthLib compares the four bytes; chips in that state are not at hand.",
    ),
    Assumption(
        "A command split over several I2C writes, or with bytes behind its CRC",
        "Answered with FF.",
        "The data sheet lets later writes go on in the input buffer. Hosts send a command in one; stricter is safe.",
    ),
    Assumption(
        "A word address from 04 to FF",
        "Not acknowledged.",
        "The data sheet reserves them and says no more.",
    ),
    Assumption(
        "Factory contents of slots and OTP",
        "All bytes are FF.",
        "They cannot be read before the data lock; FF is erased EEPROM and never a valid private key.",
    ),
    Assumption(
        "Sign before the data lock",
        "Refused with 0F.",
        "CryptoAuthLib's own tests sign only with both zones locked; the stricter behaviour is safe to rely on.",
    ),
    Assumption(
        "Verify before the locks",
        "External needs the configuration lock, stored both locks.",
        "CryptoAuthLib's tests ask for these locks; the stricter behaviour is safe to rely on.",
    ),
    Assumption(
        "Locking a single slot",
        "Needs both zones locked.",
        "Published flows lock slots last; the stricter behaviour is safe to rely on.",
    ),
    Assumption(
        "GenKey for a private key with PubInfo 0",
        "Answers the public key this once; GenKey public is refused ever after.",
        "The answer of the command is the public key, and without it the new key would be of no use.",
    ),
    Assumption(
        "GenKey for a private key before the data lock",
        "WriteConfig is not asked.",
        "CryptoAuthLib's maintainers name it as the way to fill slots that are never to change afterwards.",
    ),
    Assumption(
        "Signing or computing a public key without a private key",
        "Answered with 0F.",
        "Users report 0F from chips whose slot never had a key; 05 would invite a useless repetition.",
    ),
    Assumption(
        "A public key that is not on the curve",
        "Verify answers 05.",
        "The computation fails; a miscompare would say that the key was usable.",
    ),
    Assumption(
        "A wrong CRC given with Lock",
        "Answered with 0F, nothing is locked.",
        "The packet itself is legal, so 03 does not fit.",
    ),
    Assumption(
        "32-byte accesses with word bits set, unused address bits set, param2 beside the no-CRC flag of Lock",
        "Answered with 03.",
        "CryptoAuthLib never sends them; ignoring them would hide a mistake.",
    ),
    Assumption(
        "Writes of configuration blocks 0 and 2 as a whole",
        "Answered with 0F like the words in them that no Write changes.",
        "The data sheet names the bytes, not the status.",
    ),
    Assumption(
        "TempKey after Sign and Verify",
        "Cleared, also when the message digest buffer was the source.",
        "CryptoAuthLib loads it again each time; the stricter behaviour is safe to rely on.",
    ),
    Assumption(
        "When Random and Nonce update the seed",
        "With every command in the updating mode.",
        "The data sheet speaks of the first one after each power-up, but leaves open whether later ones write.",
    ),
    Assumption(
        "Info KeyValid of a slot that holds no P-256 key",
        "Answers 0.",
        "The data sheet defines the answer for P-256 keys only.",
    ),
    Assumption(
        "Execution times",
        "The longest time of the table, also for a refusal.",
        "Only longest times are published; hosts must be able to wait that long.",
    ),
    Assumption(
        "Clock divider, watchdog setting and I2C address",
        "A changed configuration byte takes effect at once for the clock divider, at the next wake for the others.",
        "The data sheet only says that the byte decides.",
    ),
)

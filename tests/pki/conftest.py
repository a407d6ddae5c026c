from tests.support.cases.seeded_chain import chain as chain
from tests.support.cases.seeded_chain import entropy as entropy

"""The cases that are frozen, and run live where a library is installed."""

import cases_keras
import cases_matrix
import cases_optax
import cases_optax_free
import cases_optax_more
import cases_optax_parts
import cases_torch
import cases_transformers

CASES = {
    "torch": [*cases_torch.CASES, *cases_matrix.TORCH],
    "optax": [
        *cases_optax.CASES,
        *cases_matrix.OPTAX,
        *cases_optax_free.CASES,
        *cases_optax_more.CASES,
        *cases_optax_parts.CASES,
    ],
    "keras": cases_keras.CASES,
    "transformers": cases_transformers.CASES,
}

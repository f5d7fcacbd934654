/*! The parser of mathjs 15.2.0 (Apache-2.0, https://mathjs.org), bundled by `make bundle`. */
import { create, parseDependencies } from "mathjs/number";

export const { parse } = create(parseDependencies);

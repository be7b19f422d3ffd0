#!/usr/bin/env node
import { begin } from './begin.ts';

void begin(process.argv.slice(2));

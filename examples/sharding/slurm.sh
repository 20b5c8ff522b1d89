#!/bin/bash
# One part of a run, as a task of an array. From a folder on a file system that all nodes see:
#   parts=$(sbatch --parsable slurm.sh)
#   sbatch --dependency=afterok:$parts --cpus-per-task=4 --mem=8G --wrap "leakreach merge parts --out report"
#SBATCH --job-name=leakreach
#SBATCH --array=0-3
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
set -euo pipefail

# Arrays are numbered as they are asked for, 0-3 or 1-4; parts are numbered from 0.
part=$((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN))

leakreach analyze exports --as-of "${AS_OF:-2026-11-01}" --max-memory 6G \
  --threads "${SLURM_CPUS_PER_TASK:-1}" --shard "$part/$SLURM_ARRAY_TASK_COUNT" --out parts

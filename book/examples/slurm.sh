#!/usr/bin/env bash
# A study on SLURM: one scheduler, one study, and a worker on each other task.
# Submit it from the checkout: sbatch book/examples/slurm.sh
#SBATCH --job-name=subgenre
#SBATCH --ntasks=34
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=4G
#SBATCH --time=02:00:00
set -euo pipefail

source .venv/bin/activate
# On the shared disk, so that spectrograms are computed once for all machines.
export SUBGENRE_CACHE=$PWD/cache
file=$PWD/scheduler-$SLURM_JOB_ID.json

srun --ntasks=1 --exact dask scheduler --scheduler-file "$file" &
srun --ntasks=$((SLURM_NTASKS - 2)) --exact dask worker --scheduler-file "$file" \
  --nthreads 1 --memory-limit 4GB --local-directory "${TMPDIR:-/tmp}" &

until [ -s "$file" ]; do sleep 1; done
address=$(python -c 'import json, sys; print(json.load(open(sys.argv[1]))["address"])' "$file")
srun --ntasks=1 --exact subgenre study --profile paper --no-pages --scheduler "$address"
# When the study ends, so does the job, and with it the scheduler and the workers.

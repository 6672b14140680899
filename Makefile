# Each target only calls run.py, so that no make is needed. PORT, HOST, DATA, CONFIG: `make run PORT=8123`.
.PHONY: run test check bench soak
run test check bench soak:
	@python3 run.py $@ $(ARGS)

using S2nTls.Benchmarks.Commands;

return await BenchmarksCommand.Create().Parse(args).InvokeAsync();

using System.Runtime.Versioning;
using S2nTls.Benchmarks.Commands;

[assembly: SupportedOSPlatform("linux")]

return await BenchmarksCommand.Create().Parse(args).InvokeAsync();

using Examples;

return await CommandRunner.RunAsync(GrpcCommand.Create(), args);

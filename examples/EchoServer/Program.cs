using Examples;

return await CommandRunner.RunAsync(EchoServerCommand.Create(), args);

using Examples;

return await CommandRunner.RunAsync(ClientCommand.Create(), args);

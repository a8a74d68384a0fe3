namespace HybridAD;

/// <summary>An error that carries a code; <c>docs/errors/CODE.md</c> tells its cause and its cure.</summary>
public interface ICodedError
{
    /// <summary>The code, for example <c>HAD1001</c>.</summary>
    string Code { get; }

    /// <summary>What happened, where, the values concerned and what to do, and the code.</summary>
    string Message { get; }
}

/// <summary>The data (a file, a plan, a traced function) cannot be used as asked.</summary>
public class HybridAdException : Exception, ICodedError
{
    /// <summary>Creates the error; the code is appended to the message.</summary>
    public HybridAdException(string code, string message, Exception? innerException = null)
        : base($"{message} [{code}]", innerException) => Code = code;

    /// <inheritdoc/>
    public string Code { get; }
}

/// <summary>An argument of a public method is wrong.</summary>
public sealed class HybridAdArgumentException : ArgumentException, ICodedError
{
    /// <summary>Creates the error; the code is appended to the message.</summary>
    public HybridAdArgumentException(string code, string message, string? parameterName)
        : base($"{message} [{code}]", parameterName) => Code = code;

    /// <inheritdoc/>
    public string Code { get; }
}

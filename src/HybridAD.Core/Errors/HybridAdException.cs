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
        : base($"{message} [{code}]", innerException) => (Code, What) = (code, message);

    /// <summary>Creates an error that a caller of the library can avoid in a way that others cannot.</summary>
    /// <param name="code">The code.</param>
    /// <param name="what">What happened, as sentences.</param>
    /// <param name="cure">What to do in C#.</param>
    public HybridAdException(string code, string what, string cure)
        : base($"{what} {cure} [{code}]") => (Code, What) = (code, what);

    /// <inheritdoc/>
    public string Code { get; }

    /// <summary>The message without the code, and without what only a caller of the library can do: for programs that have other ways.</summary>
    public string What { get; }
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

namespace HybridAD.Rolling.Loops.Runs;

/// <summary>A literal or an operation in the body of a loop.</summary>
/// <param name="Operation">Its code.</param>
/// <param name="Operands">
/// What it reads: nodes of the body, or ~e for number e of what the body reads from outside. Of a literal the number of the literal.
/// </param>
internal readonly record struct BodyNode(byte Operation, int[] Operands);

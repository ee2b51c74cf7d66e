namespace LstmSharp;

/// <summary>How a <see cref="BidirectionalLayer"/> makes one output of those of its two directions.</summary>
public enum BidirectionalMerge
{
    /// <summary>One behind the other: twice as many values (Keras: concat; PyTorch's bidirectional modules).</summary>
    Concat = 0,

    /// <summary>The sum.</summary>
    Sum = 1,

    /// <summary>The mean (Keras: ave).</summary>
    Mean = 2,

    /// <summary>The product, value by value (Keras: mul).</summary>
    Product = 3,
}
